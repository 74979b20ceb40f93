"""The calls that the button “Calls” lists, of every record with a phone."""

from odoo import api, fields, models
from odoo.fields import Domain

# What is shown of a call by its row.
COLUMNS = (
    "company_id",
    "start_date",
    "direction",
    "outcome",
    "number",
    "user_id",
    "handled_by_id",
    "is_missed",
    "duration",
    "disposition_id",
)


class TelephonyRecordCall(models.Model):
    """The calls of one record, for whoever may read that record.

    A user sees few calls of others by themselves (see the rules of `telephony.call`),
    but those with a customer that they may read. This model has no table: its rows are
    the calls of the record that the context names in ``telephony_record``, as
    ``[model, id]``, and the query for them is made after checking, in every request
    anew, that the current user may read that record. Without such a key, or where the
    record is out of reach, there are no rows: neither for a list, a group, an export
    nor a read by id. So a forged context opens nothing that the record does not.

    Contacts of the family and leads that the user may not read contribute nothing, and
    notes show as they do on the call itself.
    """

    _name = "telephony.record.call"
    _description = "Call of a Record"
    _auto = False
    _order = "start_date desc, id desc"

    call_id = fields.Many2one("telephony.call", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    start_date = fields.Datetime(string="Date", readonly=True)
    direction = fields.Selection(
        lambda self: self.env["telephony.call"]._fields["direction"].selection,
        readonly=True,
    )
    outcome = fields.Selection(
        lambda self: self.env["telephony.call"]._fields["outcome"].selection,
        readonly=True,
    )
    number = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Who handled the call; where nobody did, the only one whose phone rang.",
    )
    handled_by_id = fields.Many2one("res.users", string="Handled by", readonly=True)
    is_missed = fields.Boolean(string="Missed", readonly=True)
    duration = fields.Integer(string="Talk Time", readonly=True, aggregator="sum")
    disposition_id = fields.Many2one(
        "telephony.disposition", string="Result", readonly=True
    )
    note = fields.Html(compute="_compute_note", sanitize_style=True)

    _depends = {
        "telephony.call": [*COLUMNS, "partner_id", "res_model", "res_id"],
    }

    @property
    def _table_query(self):
        # One pass over the calls, not a comparison of their ids with those of a second
        # one: a customer may have thousands, and each opening of the form counts them.
        names = ("id", "id AS call_id", *COLUMNS)
        columns = [f"telephony_call.{name}" for name in names]
        return self._get_calls_query().subselect(*columns)

    @api.depends("call_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_note(self):
        for line in self:
            line.note = line.call_id.note

    @api.model
    def _get_calls_query(self):
        """Return the query for the calls of the context's record.

        :rtype: odoo.tools.Query
        """
        record = self._get_record()
        domain = Domain.FALSE if record is None else record._get_telephony_call_domain()
        # sudo - telephony.call: the raw links lead to records that the user may read
        return self.env["telephony.call"].sudo()._search(domain)

    @api.model
    def _get_record(self):
        """Return the record that the context names, ``None`` where it is out of reach.

        The check is the current user's also where the environment is the superuser's:
        record rules read this model so.
        """
        match self.env.context.get("telephony_record"):
            case [str(model), int(res_id)]:
                pass
            case _:
                return None
        if model not in self.env["telephony.call"]._get_object_models():
            return None
        record = self.env[model].sudo(False).browse(res_id)
        return record if record.exists() and record.has_access("read") else None

    def action_open_call(self):
        """Open the call where the user may see it by itself.

        :return: an action, or ``False``: the line is all there is to see
        """
        self.ensure_one()
        if not self.call_id.has_access("read"):
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": "telephony.call",
            "res_id": self.call_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _get_action(self, record, title):
        """Return the action that lists the calls of a record."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_connector.action_telephony_record_call"
        )
        return {
            **action,
            "display_name": title,
            "context": {"telephony_record": [record._name, record.id]},
        }

    @api.model
    def _count(self, record):
        """Return how many calls the list of a record's calls has for the user."""
        if not record.id or not self.env["telephony.call"]._has_objects():
            return 0
        named = self.with_context(telephony_record=[record._name, record.id])
        return named.search_count([])
