"""Any record can be a caller: what it tells of itself, and how the index follows it."""

from lxml.builder import E

from odoo import api, models, tools

from ..odoo_compat import MODULE_UNINSTALL_FLAG
from ..tools.groups import USER
from .telephony_phone_source import PhoneSource

CALLS_ACTION = "telephony_connector.action_telephony_record_call"


class Base(models.AbstractModel):
    """A model is indexed where it names phone fields, or an administrator chose some.

    ``_create`` and ``_write_multi`` are where every value reaches the database, those
    that the ORM recomputes as well, which never pass through ``write``.
    """

    _inherit = "base"

    # === WHAT A MODEL MAY OVERRIDE === #

    @api.model
    def _telephony_number_fields(self):
        """Return the names of the phone fields; only those stored as text count.

        Fields that an administrator chose besides (`telephony.phone.field`) are added.
        """
        return []

    @api.model
    def _telephony_partner_fields(self):
        """Return the names of the many2one fields whose partners' country is used
        where the record has none of its own.
        """
        return self._mail_get_partner_fields()

    @api.model
    def _telephony_match_fields(self):
        """Return the names of the stored fields that a match is ranked and named by.

        All that is read of the records found, so that it is read in one query.
        """
        names = ["active", "company_id", *self._telephony_partner_fields()]
        return [
            name for name in names if name in self._fields and self._fields[name].store
        ]

    @api.model
    def _telephony_search_fields(self):
        """Return the names of the fields, besides the name, that a customer is found
        by where a call is registered.
        """
        return [name for name in ("city", "email") if name in self._fields]

    def _telephony_rank(self):
        """Return the place among the open records of one's own company that have the
        same number, the least comes first.

        :rtype: tuple[int, int, bool, int]
        """
        self.ensure_one()
        return 2, 0, False, self.id

    # === WHAT A RECORD TELLS OF ITSELF AS A CALLER === #
    # Each has a default that every model has; a model that knows more overrides it.

    def _telephony_partner(self):
        """Return the contact behind the record; empty where there is none."""
        self.ensure_one()
        partners = self.env["res.partner"]
        for name in self._telephony_partner_fields():
            field = self._fields.get(name)
            if (
                field
                and field.type == "many2one"
                and field.comodel_name == "res.partner"
            ):
                partners = partners or self[name]
        return partners

    def _telephony_name(self):
        """Return the name of the caller, beside that of their company."""
        self.ensure_one()
        return self.display_name

    def _telephony_person(self):
        """Return what stands for the person who calls: records that return the same
        are one caller.

        :return: a record, of whatever model, or any value of its own
        """
        self.ensure_one()
        return self._telephony_partner() or self

    def _telephony_kind(self):
        """Return in words what the record is: the name of its model."""
        return self.env["ir.model"]._get(self._name).name

    def _telephony_is_archived(self):
        return "active" in self._fields and not self.active

    def _telephony_is_closed(self):
        """Say whether the record never competes with open ones for a call."""
        return self._telephony_is_archived()

    def _telephony_is_own_company(self):
        """Say whether the record is the current company's, or everybody's."""
        if "company_id" not in self._fields:
            return True
        return not self.company_id or self.company_id == self.env.company

    def _telephony_status(self):
        """Return in words why the record is closed, ``False`` where it is open."""
        self.ensure_one()
        return self.env._("Archived") if self._telephony_is_archived() else False

    def _telephony_user(self):
        """Return the user who is responsible for the record; empty for nobody."""
        self.ensure_one()
        users = self.env["res.users"]
        field = self._fields.get("user_id")
        return self.user_id if field and field.comodel_name == users._name else users

    def _telephony_company_name(self):
        """Return the name of the company that the caller belongs to, or ``False``."""
        self.ensure_one()
        partner = self._telephony_partner()._filtered_access("read")
        return partner.commercial_company_name or False

    def _telephony_city(self):
        """Return the city that the caller lives in, or ``False``."""
        self.ensure_one()
        partner = self._telephony_partner()._filtered_access("read")
        return partner.city or False

    def _telephony_tags(self):
        """Return the names of what the record is tagged with."""
        self.ensure_one()
        return []

    # === CRUD METHODS === #

    @api.model
    @tools.ormcache()
    def _telephony_source(self):
        """Return the model's :class:`PhoneSource`, or ``None``."""
        return PhoneSource.of(self)

    def _create(self, data_list):
        records = super()._create(data_list)
        source = self._telephony_source()
        if source and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            new = {
                record.id: True
                for record, data in zip(records, data_list, strict=True)
                if any(data["stored"].get(name) for name in source.phones)
            }
            if new:
                self.env["telephony.number"]._pending().records[self._name].update(new)
        return records

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        source = self._telephony_source()
        if source and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            changed = {
                id_: vals
                for id_, vals in zip(self._ids, vals_list, strict=True)
                if not source.columns.isdisjoint(vals)
            }
            if changed:
                self._telephony_mark_changed(changed)
        return result

    def _telephony_is_empty(self, vals):
        """Say whether the record is known to have, and to have had, no number.

        Asks the cache alone: whatever is not known there has to be looked up. A new
        record is known there as a whole.

        :param dict vals: what is written to it
        """
        names = [*self._telephony_source().phones]
        if "telephony_phone_ids" in self._fields:
            names.append("telephony_phone_ids")
        return all(
            name not in vals and not self._cache.get(name, True) for name in names
        )

    @api.model
    def _telephony_mark_changed(self, changed):
        """Have the index follow the change of some records at the next flush.

        :param dict changed: id → the values written to it
        """
        pending = self.env["telephony.number"]._pending()
        partners = self._telephony_source().partners
        for id_, vals in changed.items():
            if not self.browse(id_)._telephony_is_empty(vals):
                pending.records[self._name].setdefault(id_, False)
            if self._name != "res.partner" and not vals.keys().isdisjoint(partners):
                pending.relinked[self._name].add(id_)

    @api.ondelete(at_uninstall=True)
    def _unlink_telephony_numbers(self):
        """Have the rows of the records removed: only what raises no error here."""
        if self._telephony_source():
            ids = [record.id for record in self if not record._telephony_is_empty({})]
            if ids:
                self.env["telephony.number"]._mark_removed(self._name, ids)

    # === CALLS OF A RECORD === #

    def _get_telephony_call_domain(self):
        """Return the domain of the calls that the button “Calls” lists."""
        return [("res_model", "=", self._name), ("res_id", "in", self.ids)]

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if (
            view_type == "form"
            and self._name in self.env["telephony.number"]._phone_models()
        ):
            self._add_telephony_calls_button(arch)
        return arch, view

    @api.model
    def _add_telephony_calls_button(self, arch):
        """Put the button “Calls” among a form's buttons, where it has none of its own.

        Models that an administrator chose fields of have no method for it, and no
        number of calls to show: their button opens the list itself.
        """
        sheet = arch.find("./sheet")
        if (
            sheet is None
            or arch.find(".//field[@name='telephony_call_count']") is not None
        ):
            return
        button = {
            "class": "oe_stat_button",
            "icon": "fa-phone",
            "groups": USER,
        }
        if "telephony_call_count" in self._fields:
            button |= {
                "name": "action_view_telephony_calls",
                "type": "object",
                "invisible": "telephony_call_count == 0",
            }
            content = [E.field({"name": "telephony_call_count", "widget": "statinfo"})]
        elif action := self.env.ref(CALLS_ACTION, raise_if_not_found=False):
            button |= {
                "name": str(action.id),
                "type": "action",
                "string": self.env._("Calls"),
                "context": f"{{'telephony_record': ['{self._name}', id]}}",
                "invisible": "not id",
            }
            content = []
        else:
            return
        box = sheet.find(".//div[@name='button_box']")
        if box is None:
            box = E.div({"name": "button_box", "class": "oe_button_box"})
            sheet.insert(0, box)
        box.append(E.button(button, *content))
