"""Phone fields that an administrator chose, of whatever model."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL, frozendict, sql

OWN_MODELS = "telephony."
# The registry's attribute that keeps the names of the chosen fields.
NAMES = "_telephony_phone_fields"


class TelephonyPhoneField(models.Model):
    """A field whose numbers are indexed beside those that the model itself names.

    It may be one that was added without code, and of a model that knows nothing of
    telephones: its records are callers by the defaults of ``base.py``. Who may read a
    record is found by it, where the field's own groups let them read it, too.
    """

    _name = "telephony.phone.field"
    _inherit = ["telephony.checked.mixin"]
    _description = "Additional Phone Field"
    _rec_name = "field_id"
    _order = "model_id, field_id"

    model_id = fields.Many2one(
        "ir.model",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        required=True,
        ondelete="cascade",
        domain="""[
            ("model_id", "=", model_id), ("ttype", "=", "char"), ("store", "=", True),
            ("translate", "=", False), ("company_dependent", "=", False)]""",
    )
    is_indexed = fields.Boolean(
        string="Indexed",
        compute="_compute_is_indexed",
        help="Whether the numbers of all records are found by now.",
    )

    _field_uniq = models.UniqueIndex("(field_id)", "This field is already in the list.")

    # === COMPUTE METHODS === #

    @api.depends("field_id")
    def _compute_is_indexed(self):
        # sudo - telephony.number.source: how far the index is built is no secret
        sources_sudo = self.env["telephony.number.source"].sudo()
        phones = {
            (source.res_model, name)
            for source in sources_sudo.search([("is_done", "=", True)])
            for name in (source.phones or "").split(",")
        }
        # sudo - ir.model.fields: the names of what was chosen
        for line, line_sudo in zip(self, self.sudo(), strict=True):
            field_sudo = line_sudo.field_id
            line.is_indexed = (field_sudo.model, field_sudo.name) in phones

    # === CONSTRAINT METHODS === #

    @api.constrains("model_id", "field_id")
    def _check_field(self):
        for line in self:
            if problem := line._get_problem():
                raise ValidationError(problem)

    def _get_problem(self):
        """Return in words why the field can't be indexed, ``False`` where it can."""
        # sudo - ir.model.fields: the names; whether the user may read is asked below
        field_sudo, model_sudo = self.sudo().field_id, self.sudo().model_id
        names = {"field": field_sudo.field_description, "model": model_sudo.name}
        if field_sudo.model_id != model_sudo:
            return self.env._("“%(field)s” is not a field of “%(model)s”.", **names)
        model = self.env.get(field_sudo.model)
        field = model is not None and model._fields.get(field_sudo.name)
        if (
            not field
            or model._abstract
            or model._transient
            or not model._auto
            or field_sudo.model.startswith(OWN_MODELS)
        ):
            return self.env._("Records of “%(model)s” can't be callers.", **names)
        if field.type != "char":
            return self.env._("“%(field)s” is not a single-line text field.", **names)
        if not field.store:
            return self.env._(
                "“%(field)s” of “%(model)s” is not stored in the database. Please "
                "choose the field that its value comes from.",
                **names,
            )
        if field.translate or field.company_dependent:
            return self.env._(
                "“%(field)s” of “%(model)s” holds a value for each language or company,"
                " and can't be indexed.",
                **names,
            )
        # Constraints are checked as superuser.
        own = model.sudo(False)
        if field.groups == NO_ACCESS or not (
            own.has_access("read") and own._has_field_access(field, "read")
        ):
            return self.env._("You may not read “%(field)s” of “%(model)s”.", **names)
        return False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self._follow()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self._follow()
        return result

    def unlink(self):
        result = super().unlink()
        self._follow()
        return result

    def _follow(self):
        """Have the index follow what was chosen, in all workers."""
        self.env.flush_all()
        self._forget_names()
        # Forms get their button, or lose it.
        self.env.registry.clear_cache("default", "templates")
        self.env.registry.registry_invalidated = True
        # sudo - telephony.number.source: the index follows, whoever chose a field
        self.env["telephony.number.source"].sudo()._sync()

    # Whatever becomes of a field, or of the module that it came with, the registry is
    # set up anew.
    def _unregister_hook(self):
        result = super()._unregister_hook()
        self._forget_names()
        return result

    def _register_hook(self):
        result = super()._register_hook()
        self._forget_names()
        self.env["telephony.number.source"]._sync()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_names(self):
        """Return the names of the chosen fields.

        Every model that is written asks for them. They are kept as long as the registry
        is: what `ormcache` keeps is forgotten with each change of a user. Before the
        table is made, and after it is dropped, nothing is chosen.

        :return: model → tuple of names
        """
        names = getattr(self.pool, NAMES, None)
        if names is None:
            names = self._read_names()
            setattr(self.pool, NAMES, names)
        return names

    def _read_names(self):
        if not sql.table_exists(self.env.cr, self._table):
            return frozendict()
        rows = self.env.execute_query(
            SQL(
                """SELECT field.model, array_agg(field.name ORDER BY field.name)
                     FROM telephony_phone_field chosen
                     JOIN ir_model_fields field ON field.id = chosen.field_id
                    GROUP BY field.model"""
            )
        )
        return frozendict({model: tuple(names) for model, names in rows})

    def _forget_names(self):
        setattr(self.pool, NAMES, None)
