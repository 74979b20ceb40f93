"""How a model's telephone numbers, and the countries to read them with, are read."""

from dataclasses import dataclass

from odoo.tools import SQL


@dataclass(frozen=True, slots=True)
class PhoneSource:
    """The columns of a model that its index rows are made of.

    ``phones`` hold numbers; ``country`` and ``partners`` give the record's own country,
    in that order, and ``company`` the country to fall back on ("" where there is no
    such column). ``owner`` links rows of `telephony.phone` to the model's records.
    """

    table: str
    phones: tuple[str, ...]
    country: str
    partners: tuple[str, ...]
    company: str
    owner: str = ""

    @classmethod
    def of(cls, model):
        """Return the source of a model; ``None`` where it stores no phone number."""
        if model._abstract or not model._auto or model._transient:
            return None
        chosen = model.env["telephony.phone.field"]._get_names().get(model._name, ())
        phones = tuple(
            name
            for name in dict.fromkeys((*model._telephony_number_fields(), *chosen))
            if _is_column(model, name, "char") and not model._fields[name].translate
        )
        if not phones:
            return None
        country = model._phone_get_country_field()
        return cls(
            model._table,
            phones,
            country if country and _links(model, country, "res.country") else "",
            tuple(
                name
                for name in model._telephony_partner_fields()
                if _links(model, name, "res.partner")
            ),
            "company_id" if _links(model, "company_id", "res.company") else "",
            model.env["telephony.phone"]._get_owner_field(model._name) or "",
        )

    @property
    def phones_text(self) -> str:
        """The names of the phone fields, as it is stored which of them are indexed."""
        return ",".join(sorted(self.phones))

    @property
    def fields(self) -> frozenset[str]:
        """The names that rows of the index may have for their field."""
        further = ("telephony_phone_ids",) if self.owner else ()
        return frozenset((*self.phones, *further))

    @property
    def columns(self) -> frozenset[str]:
        """Every column whose change may change the record's rows."""
        names = (*self.phones, self.country, *self.partners, self.company)
        return frozenset(filter(None, names))

    def select(self, ids) -> SQL:
        """The query of some records' (id, own country, fallback country, list of
        other phone numbers, *texts of phone fields).
        """
        own, joins = [], []
        if self.country:
            own.append(SQL("own.code"))
            joins.append(
                SQL(
                    "LEFT JOIN res_country own ON own.id = record.%s",
                    SQL.identifier(self.country),
                )
            )
        for place, name in enumerate(self.partners):
            partner = SQL.identifier(f"partner_{place}")
            country = SQL.identifier(f"partner_{place}_country")
            own.append(SQL("%s.code", country))
            joins.append(
                SQL(
                    """LEFT JOIN res_partner %(partner)s
                              ON %(partner)s.id = record.%(column)s
                       LEFT JOIN res_country %(country)s
                              ON %(country)s.id = %(partner)s.country_id""",
                    partner=partner,
                    country=country,
                    column=SQL.identifier(name),
                )
            )
        if self.company:
            joins.append(
                SQL(
                    """LEFT JOIN res_company company ON company.id = record.%s
                       LEFT JOIN res_partner seat ON seat.id = company.partner_id
                       LEFT JOIN res_country fallback
                              ON fallback.id = seat.country_id""",
                    SQL.identifier(self.company),
                )
            )
        return SQL(
            "SELECT record.id, %s, %s, %s, %s FROM %s record %s"
            " WHERE record.id = ANY(%s)",
            SQL("COALESCE(%s)", SQL(", ").join(own)) if own else SQL("NULL"),
            SQL("fallback.code") if self.company else SQL("NULL"),
            SQL(
                "ARRAY(SELECT number FROM telephony_phone WHERE %s = record.id)",
                SQL.identifier("telephony_phone", self.owner),
            )
            if self.owner
            else SQL("ARRAY[]::text[]"),
            SQL(", ").join(SQL.identifier("record", name) for name in self.phones),
            SQL.identifier(self.table),
            SQL(" ").join(joins),
            list(ids),
        )

    def dependents(self, partner_ids, company_ids, limit) -> SQL | None:
        """The query of the ids of records read with these partners' or companies'
        countries, having none of their own; ``None`` where there can't be any.

        :param int limit: of how many ids
        """
        links = [
            SQL("%s = ANY(%s)", SQL.identifier(name), list(ids))
            for names, ids in (
                (self.partners, partner_ids),
                ((self.company,) if self.company else (), company_ids),
            )
            for name in names
            if ids
        ]
        if not links:
            return None
        has_phone = [
            SQL("%s IS NOT NULL", SQL.identifier(name)) for name in self.phones
        ]
        if self.owner:
            has_phone.append(
                SQL(
                    "EXISTS (SELECT FROM telephony_phone WHERE %s = %s)",
                    SQL.identifier("telephony_phone", self.owner),
                    SQL.identifier(self.table, "id"),
                )
            )
        return SQL(
            "SELECT id FROM %s WHERE %s AND (%s) AND (%s) LIMIT %s",
            SQL.identifier(self.table),
            SQL("%s IS NULL", SQL.identifier(self.country))
            if self.country
            else SQL("TRUE"),
            SQL(" OR ").join(links),
            SQL(" OR ").join(has_phone),
            limit,
        )


def _is_column(model, name, *types):
    field = model._fields.get(name)
    return bool(
        field
        and field.type in types
        and field.store
        and field.column_type
        and not field.company_dependent
    )


def _links(model, name, comodel):
    return (
        _is_column(model, name, "many2one")
        and model._fields[name].comodel_name == comodel
    )
