from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ..tools.parameters import read_id


class TelephonyRegistrationMatch(models.TransientModel):
    """One of several records with the caller's number, for the user to choose from.

    Made for one page of one user, from what that user may read.
    """

    _name = "telephony.registration.match"
    _inherit = ["telephony.checked.mixin"]
    _description = "Record with the Caller's Number"
    _order = "exact desc, sequence, id"
    _transient_max_hours = 7 * 24

    registration_id = fields.Many2one(
        "telephony.registration", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    name = fields.Char()
    kind = fields.Char()
    company_name = fields.Char(string="Company")
    city = fields.Char()
    salesperson = fields.Char()
    exact = fields.Boolean(string="Same Number")
    reason = fields.Char(string="Found By")

    def action_choose(self):
        """Go on to the registration page with this record.

        :return: an action
        """
        self.ensure_one()
        self.registration_id.object_ref = f"{self.res_model},{self.res_id}"
        return self.registration_id._get_page()

    @api.model
    def action_choose_none(self):
        """Go on to the registration page with a new record: none is the caller.

        The list that this stands above says by its context which page it is of.

        :return: an action
        :raise AccessError: the page is another user's
        :raise UserError: there is no such page any more
        """
        pages = self.env["telephony.registration"]
        page = pages.browse(read_id(self.env.context.get("active_id"))).exists()
        if not page:
            raise UserError(self.env._("This choice is no longer open."))
        page.check_access("write")
        page.action_new()
        return page._get_page()

    @api.model
    def _add(self, registration, matches):
        """Put the user's matches on a page, best first."""
        # sudo - telephony.registration.match: users choose among lines, write none
        self.sudo().with_context(clean_context(self.env.context)).create(
            [
                {
                    "registration_id": registration.id,
                    "sequence": index,
                    **self._prepare_values(match),
                }
                for index, match in enumerate(matches)
            ]
        )

    def _prepare_values(self, match):
        """Return the values of a line for one of `telephony.number`'s matches."""
        record = match.record
        return {
            "res_model": record._name,
            "res_id": record.id,
            "name": record.display_name,
            "kind": record._telephony_kind(),
            "company_name": record._telephony_company_name(),
            "city": record._telephony_city(),
            "salesperson": record._telephony_user().name,
            "exact": match.exact,
            "reason": match.reason,
        }
