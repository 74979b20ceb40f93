"""Further phone numbers of a contact or lead, beside the one that Odoo knows."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..engine.number_field import dialable_numbers

# Many2one field → the model whose records have other phone numbers by it.
OWNERS = {"partner_id": "res.partner", "lead_id": "crm.lead"}


class TelephonyPhone(models.Model):
    """One more phone number of a record, with what it is for.

    ``phone`` of the record stays the one valid number that text messages and the
    blacklist rely on. Whoever may read the record may read its numbers, and whoever may
    write it may change them: the record is asked, there are no rules of their own.
    """

    _name = "telephony.phone"
    _inherit = ["telephony.checked.mixin"]
    _description = "Other Phone Number"
    _order = "sequence, id"
    _rec_name = "number"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", ondelete="cascade"
    )
    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="cascade")
    sequence = fields.Integer(default=10)
    number = fields.Char(required=True)
    label = fields.Selection(
        [
            ("mobile", "Mobile"),
            ("work", "Work"),
            ("private", "Private"),
            ("fax", "Fax"),
            ("former", "Former"),
        ],
    )
    note = fields.Char(help="What a caller should know: only before noon.")

    _owner_check = models.Constraint(
        "CHECK (num_nonnulls(partner_id, lead_id) = 1)",
        "Another phone number belongs to one contact or one lead.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("number")
    def _check_number(self):
        for phone in self:
            if not dialable_numbers(phone.number, ""):
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is not a valid phone number.", text=phone.number
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        phones = super().create(vals_list)
        phones._mark_owners_changed()
        return phones

    def write(self, vals):
        if not OWNERS.keys().isdisjoint(vals):
            self._mark_owners_changed()
        result = super().write(vals)
        if not {"number", *OWNERS}.isdisjoint(vals):
            self._mark_owners_changed()
            # A number is moved only to a record that one may write.
            self.check_access("write")
        return result

    def unlink(self):
        self._mark_owners_changed()
        return super().unlink()

    def _mark_owners_changed(self):
        """Have the index follow at the next flush."""
        # sudo - telephony.phone: the index follows, whoever changed a number
        for name, model in OWNERS.items():
            records = self.env["telephony.number"]._pending().records[model]
            for id_ in self.sudo()[name].ids:
                records.setdefault(id_, False)

    # === ACCESS === #

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self:
            return result
        phones = self - result[0] if result else self
        on_record = "read" if operation == "read" else "write"
        forbidden = self.browse()
        # sudo - telephony.phone: whose the numbers are; the owner is asked as the user
        for phone in phones.sudo():
            owner = phone._get_owner().with_env(self.env)
            if not owner.has_access(on_record):
                forbidden += self.browse(phone.id)
        if not forbidden:
            return result
        forbidden += result[0] if result else self.browse()
        rules = self.env["ir.rule"]
        return forbidden, lambda: rules._make_access_error(operation, forbidden)

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            readable = [
                Domain(name, "any", [])
                for name, model in OWNERS.items()
                if self.env[model].has_access("read")
            ]
            domain = Domain(domain) & Domain.OR(readable)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _get_owner(self):
        """Return the contact or lead that has the number."""
        self.ensure_one()
        return self.partner_id or self.lead_id

    # === BUSINESS METHODS === #

    @api.model
    def _get_owner_field(self, model):
        """Return the name of the field that links numbers to a model's records.

        :return: ``None`` where the model's records have no other phone numbers
        """
        return next((name for name, owner in OWNERS.items() if owner == model), None)

    def _copy_values(self):
        """Return the values of the same numbers, for another record."""
        return [
            {
                "sequence": phone.sequence,
                "number": phone.number,
                "label": phone.label,
                "note": phone.note,
            }
            for phone in self
        ]
