from odoo import api, models
from odoo.exceptions import ValidationError


class TelephonySecretMixin(models.AbstractModel):
    """Secrets that Odoo sends to telephony systems, each bound to its address.

    A secret is three fields. ``name`` is where it is typed: write-only, computed to
    nothing by ``_compute_secrets``, with an inverse that calls ``_store_secret``.
    ``stored_name`` keeps it, and ``name_places`` the places that it was typed for; no
    user reads these. A place names scheme, host and port, and how the server is known.

    For a secret more, add its name to ``_get_secret_fields``, the fields that say where
    it is sent to ``_get_place_fields``, and its places to ``_get_secret_places``.
    ``_get_secret`` alone reads it, and gives it for the places only that it was typed
    for: what leads elsewhere, whoever changed it and how, sends no secret.
    """

    _name = "telephony.secret.mixin"
    _description = "Secrets Bound to an Address"

    # === COMPUTE METHODS === #

    def _compute_secrets(self):
        for name in self._get_secret_fields():
            self[name] = False

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
            self._check_secret_places(asks=not self._get_kind_fields() & vals.keys())
        return result

    def _forget_typed_secrets(self):
        """Leave no typed secret to be read back, not even in the same request."""
        self.invalidate_recordset(self._get_secret_fields())

    # === HOOKS === #

    @api.model
    def _get_secret_fields(self):
        """Return the names of the write-only fields. Extend to add one.

        :rtype: frozenset[str]
        """
        return frozenset()

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
        return record_sudo._is_bound(name) and record_sudo[f"stored_{name}"] or ""

    def _store_secret(self, name):
        """Store what was typed, for the present address."""
        # sudo - telephony.secret.mixin: the stored secret is out of every user's reach
        for record_sudo in self.sudo():
            places = record_sudo._get_secret_places(name)
            record_sudo.write(
                {
                    f"stored_{name}": record_sudo[name],
                    f"{name}_places": record_sudo[name] and " ".join(sorted(places)),
                }
            )

    def _bind_secrets(self):
        """Bind the secrets that were stored before to where they are sent now.

        For upgrades, and for addons that are installed where rows have secrets.
        """
        for record in self:
            for name in record._get_secret_fields():
                if record[f"stored_{name}"] and not record[f"{name}_places"]:
                    places = record._get_secret_places(name)
                    record[f"{name}_places"] = " ".join(sorted(places))

    def _is_bound(self, name):
        """Say whether a secret was typed for all the places that it would go to."""
        bound = frozenset((self[f"{name}_places"] or "").split())
        return self._get_secret_places(name) <= bound

    def _check_secret_places(self, asks):
        """See to the secrets whose address is no longer the one they were typed for.

        :param bool asks: refuse the change; else forget the secrets
        :raise ValidationError: a secret must be typed again, with the change
        """
        # sudo - telephony.secret.mixin: the stored secret is out of every user's reach
        for record_sudo in self.sudo():
            for name in record_sudo._get_secret_fields():
                if not record_sudo[f"stored_{name}"] or record_sudo._is_bound(name):
                    continue
                if asks:
                    record_sudo._ask_for_secret(name)
                record_sudo.write({f"stored_{name}": False, f"{name}_places": False})

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
