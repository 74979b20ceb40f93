"""Links are accepted from, and named to, those who may read where they lead."""

from odoo import api, models
from odoo.api import NewId
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

LINKS = ("many2one", "many2one_reference", "reference", "many2many", "one2many")
LINES = ("many2many", "one2many")


class TelephonyCheckedMixin(models.AbstractModel):
    """For models whose rows or pages users fill in.

    Odoo stores any id that a user sends, shows the name of what it leads to, and reads
    related fields as superuser: counting ids upwards would tell of every call and of
    every company. Here an id is refused where its sender may not read the record,
    whichever way it comes. A draft that outlives its user's access to such a record
    stays the user's, without the record.
    """

    _name = "telephony.checked.mixin"
    _description = "Checked Links"

    # === WHAT IS SENT === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_links(values)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_links(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_links(vals)
        result = super().write(vals)
        self._check_new_companies(vals)
        return result

    def onchange(self, values, field_names, fields_spec):
        self._check_links(values)
        return super().onchange(values, field_names, fields_spec)

    def _check_new_companies(self, values):
        """Make sure that nobody moved a record to a company that they are not in.

        Odoo asks the rules before a change, and some users see every company.

        :raise AccessError: where they did
        """
        if self.env.su or "company_id" not in self._fields:
            return
        if any(self._is_link(name) for name in values):
            # sudo - any model: it may be out of the user's reach already
            company_sudo = self.sudo().company_id
            if company_sudo - self.env.user.company_ids.sudo():
                raise AccessError(
                    self.env._("You are not in the company that this would belong to.")
                )

    @api.model
    def _check_links(self, values):
        """Make sure that the current user may read all that values lead to.

        :param dict values: as for ``create``, ``write`` or ``onchange``
        :raise AccessError: where they may not
        """
        links = [name for name in values if self._is_link(name)]
        if self.env.su or not links:
            return
        # sudo - any model: converts what was sent, in whichever form; the records that
        # come of it are asked for as the user.
        models_of = {getattr(self._fields[name], "model_field", None) for name in links}
        sent = {name: values[name] for name in (*links, *models_of) if name in values}
        draft_sudo = self.browse().sudo().new(sent)
        for name in links:
            records = self._get_linked(draft_sudo, name)
            if records:
                records.check_access("read")
            if self._fields[name].type in LINES and hasattr(records, "_check_links"):
                for line in values[name] or ():
                    if isinstance(line, (list, tuple)) and isinstance(line[-1], dict):
                        records._check_links(line[-1])

    def _is_link(self, name):
        field = self._fields.get(name)
        return field and field.type in LINKS and field.groups != NO_ACCESS

    @api.model
    def _get_linked(self, record_sudo, name):
        """Return the stored records that a field leads to, as the current user."""
        field = self._fields[name]
        linked = record_sudo[name]
        if field.type == "many2one_reference":
            model = record_sudo[field.model_field]
            linked = self.env[model].browse(linked) if model and linked else None
        return (linked or self.browse())._origin.with_env(self.env)

    # === WHAT IS SHOWN === #

    def _read_format(self, fnames, load="_classic_read"):
        values_list = super()._read_format(fnames, load)
        if not self._transient or self.env.su:
            return values_list
        for name in filter(self._is_link, fnames):
            for values in values_list:
                if isinstance(values["id"], NewId):
                    # What was sent is checked already.
                    continue
                # sudo - any model: where the link leads; whether the user may read it
                # is asked next
                record_sudo = self.browse(values["id"]).sudo()
                linked = self._get_linked(record_sudo, name)
                if self._fields[name].type in LINES:
                    readable = linked._filtered_access("read")._ids
                    values[name] = [id_ for id_ in values[name] if id_ in readable]
                elif not linked.has_access("read"):
                    values[name] = False
        return values_list
