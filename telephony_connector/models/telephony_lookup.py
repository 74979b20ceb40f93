"""What a telephone system may know of a caller, before anybody's telephone rings."""

from odoo import models

from ..engine.pbx_text import plain_text

# What fits a telephone's display; several callers' names stand side by side.
MAX_NAME = 64
MAX_NAMES = 3
MAX_RECORDS = 20


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    def _lookup(self, number):
        """Return what the telephone system is told of a caller.

        It acts for no user: it is told of the company's own records, and names only as
        the administrator chose.

        :param str number: as a trunk presents it
        :return: ``number`` (E.164 where it is one), ``known``, ``name``, ``extension``
            of who is responsible on this telephone system, ``vip``, ``blocked``; texts
            are "" where there is nothing to tell
        :rtype: dict
        """
        self.ensure_one()
        reading = self.env["telephony.number"]._read(number, self)
        records = self._find_callers(number)
        users = {_responsible(record) for record in records}
        user = users.pop() if len(users) == 1 else self.env["res.users"]
        tags = [_tags(record) for record in records]
        return {
            "number": reading.e164 or reading.text,
            "known": bool(records),
            "name": self._join_names(records),
            "extension": self._get_extension(user).number or "",
            "vip": any(self.vip_tag_ids & mine for mine in tags),
            # A number shared with somebody who is not blocked is let through.
            "blocked": bool(tags) and all(self.blocked_tag_ids & mine for mine in tags),
        }

    def _search_records(self, number):
        """Return the records that have a number, as the telephone system may see them.

        :return: list of dicts ``model``, ``id``, ``name`` ("" where it is not told),
            ``extension`` of who is responsible
        """
        self.ensure_one()
        return [
            {
                "model": record._name,
                "id": record.id,
                "name": self._get_caller_name(record),
                "extension": self._get_extension(_responsible(record)).number or "",
            }
            for record in self._find_callers(number)[:MAX_RECORDS]
        ]

    def _find_callers(self, number):
        """Return the company's records with exactly this number, best first."""
        # sudo - telephony.number: the telephone system acts for no user; what it is
        # told of the records is this file's to decide
        numbers_sudo = self.env["telephony.number"].sudo().with_company(self.company_id)
        return [
            match.record
            for match in numbers_sudo.match(number, self)
            if match.exact and self._is_own(match.record)
        ]

    def _is_own(self, record):
        """Say whether a record is the company's, or everybody's."""
        if "company_id" not in record._fields:
            return True
        return not record.company_id or record.company_id == self.company_id

    def _get_extension(self, user):
        """Return a user's first extension on this telephone system, if there is one."""
        return self.extension_ids.filtered(
            lambda extension: user and extension.user_id == user
        )[:1]

    def _get_caller_name(self, record):
        if self.lookup_names != "all" and not _responsible(record):
            return ""
        return plain_text(record.display_name or "")[:MAX_NAME]

    def _join_names(self, records):
        """Return what a telephone's display says of the callers a number may mean."""
        names = {record: self._get_caller_name(record) for record in records}
        told = [record for record, name in names.items() if name]
        companies = {_company_of(record) for record in told}
        if len(told) > 1 and len(companies) == 1:
            company = companies.pop()
            if company and (name := self._get_caller_name(company)):
                return name
        texts = list(dict.fromkeys(names[record] for record in told))
        return " / ".join(texts)[:MAX_NAME] if len(texts) <= MAX_NAMES else ""


def _partner(record):
    """Return the contact behind a record: itself, or the one that it names."""
    return record._telephony_partner()


def _company_of(record):
    return _partner(record).commercial_partner_id


def _responsible(record):
    """Return the user who is responsible for a record, else for its company."""
    return record._telephony_user() or _company_of(record).user_id


def _tags(record):
    """Return the tags of the contact behind a record, and those of its company."""
    return _partner(record).category_id | _company_of(record).category_id
