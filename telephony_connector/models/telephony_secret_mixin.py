from odoo import api, models
from odoo.exceptions import ValidationError


class TelephonySecretMixin(models.AbstractModel):
    """Secrets that Odoo sends to telephony systems, each bound to its address.

    A secret is a write-only field (``name``), computed to nothing, whose inverse calls
    ``_store_secret``. ``_get_secret_fields`` names it and the field that it is kept in;
    ``name_places`` keeps the places that it was typed for; a place names scheme, host
    and port, and how the server is known. ``_get_secret`` alone reads it, and gives it
    for these places only: what leads elsewhere, whoever changed it and how, sends no
    secret.
    """

    _name = "telephony.secret.mixin"
    _description = "Secrets Bound to an Address"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._forget_typed_secrets()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._forget_typed_secrets()
        if self._get_place_fields() & vals.keys():
            self._settle_secrets(asks=not self._get_kind_fields() & vals.keys())
        return result

    def _forget_typed_secrets(self):
        """Leave no typed secret to be read back, not even in the same request."""
        self.invalidate_recordset(list(self._get_secret_fields()))

    # === HOOKS === #

    @api.model
    def _get_secret_fields(self):
        """Return the write-only fields, and where each is stored. Extend to add one.

        :rtype: dict[str, str]
        """
        return {}

    @api.model
    def _get_place_fields(self):
        """Return the fields that say where a secret is sent. Extend to add some.

        :rtype: frozenset[str]
        """
        return frozenset()

    @api.model
    def _get_kind_fields(self):
        """Return the fields on which it depends what a secret is good for at all.

        :rtype: frozenset[str]
        """
        return frozenset()

    def _get_secret_places(self, name):
        """Return where a secret would be sent, as things are set. Extend.

        :param str name: one of ``_get_secret_fields``
        :return: texts without blanks
        :rtype: frozenset[str]
        """
        return frozenset()

    # === BUSINESS METHODS === #

    def _get_secret(self, name):
        """Return a secret, "" where there is none for the present address.

        :param str name: one of ``_get_secret_fields``
        :rtype: str
        """
        self.ensure_one()
        # sudo - telephony.secret.mixin: the stored secret is out of every user's reach
        record_sudo = self.sudo()
        if not record_sudo._get_secret_places(name):
            return ""
        stored = self._get_secret_fields()[name]
        return record_sudo._is_bound(name) and record_sudo[stored] or ""

    def _store_secret(self, name):
        """Store what was typed, for the present address."""
        stored = self._get_secret_fields()[name]
        # sudo - telephony.secret.mixin: the stored secret is out of every user's reach
        for record_sudo in self.sudo():
            places = record_sudo._get_secret_places(name)
            record_sudo.write(
                {
                    stored: record_sudo[name],
                    f"{name}_places": record_sudo[name] and " ".join(sorted(places)),
                }
            )

    def _is_bound(self, name):
        """Say whether a secret was typed for all the places that it would go to."""
        bound = frozenset((self[f"{name}_places"] or "").split())
        return self._get_secret_places(name) <= bound

    def _settle_secrets(self, asks):
        """See to the secrets whose address is no longer the one they were typed for.

        :param bool asks: refuse the change; else forget the secrets
        :raise ValidationError: a secret must be typed again, with the change
        """
        # sudo - telephony.secret.mixin: the stored secret is out of every user's reach
        for record_sudo in self.sudo():
            for name, stored in record_sudo._get_secret_fields().items():
                if not record_sudo[stored] or record_sudo._is_bound(name):
                    continue
                if asks:
                    record_sudo._ask_for_secret(name)
                record_sudo.write({stored: False, f"{name}_places": False})

    def _ask_for_secret(self, name):
        raise ValidationError(
            self.env._(
                "The address of “%(record)s” changes: please type its %(secret)s with "
                "the change. The stored one is for %(old)s and is not sent to %(new)s.",
                record=self.display_name,
                secret=self._fields[name]._description_string(self.env),
                old=self[f"{name}_places"] or self.env._("no address"),
                new=" ".join(sorted(self._get_secret_places(name))),
            )
        )
