"""What ``/telephony/api`` and the lookup do, for any telephone system.

It reports its calls here: each request is a partial change for the door, and the same
request again changes nothing. And it asks who calls, before anybody's telephone rings.
"""

from odoo import api, fields, models

from ..engine.pbx_text import plain_text

# What fits a telephone's display; several callers' names stand side by side.
MAX_NAME = 64
MAX_NAMES = 3
MAX_RECORDS = 20


class TelephonyApi(models.AbstractModel):
    """What a telephone system may tell and ask, for which the controllers let it in.

    There is no user: a telephone system reports its own calls, and is told of the
    records of its company.
    """

    _name = "telephony.api"
    _description = "API for Telephone Systems"

    # === CALLS === #

    @api.model
    def _find_call(self, pbx, uniqueid):
        """Return the call that a telephone system knows by an id, as superuser."""
        # sudo - telephony.call: who asks is a telephone system, for its own calls
        return (
            self.env["telephony.call"]
            .sudo()
            .search([("pbx_id", "=", pbx.id), ("uniqueid", "=", uniqueid)], limit=1)
        )

    @api.model
    def _register_call(self, pbx, body):
        """Add a new call to the log, or what is new of a known one.

        :param pbx: the `telephony.pbx` that tells
        :param dict body: as ``controllers.api_schema`` describes it
        :return: (call, whether it is new)
        """
        known = self._find_call(pbx, body["id"])
        return self._process(pbx, body["id"], "register", body), not known

    @api.model
    def _process(self, pbx, uniqueid, name, body):
        """Process a request of any kind, whether or not the call is known.

        :param pbx: the `telephony.pbx` that tells
        :param str uniqueid: how it knows the call
        :param str name: the operation's: *register* or one of the route's
        :param dict body: as ``controllers.api_schema`` describes it
        :return: the call, as superuser
        """
        known = self._find_call(pbx, uniqueid)
        change = getattr(self, f"_prepare_{name}")(known, body)
        if change is None:
            return known
        change = {"pbx_id": pbx.id, "uniqueid": uniqueid, **change}
        calls = self.env["telephony.call"]
        return calls._apply_parts([change]) or self._find_call(pbx, uniqueid)

    # === WHAT REQUESTS SAY: A CHANGE FOR THE DOOR, None WHERE NOTHING CHANGES === #

    @api.model
    def _prepare_register(self, call, body):
        change = {
            "state": "ringing",
            "direction": body["direction"],
            "number": body.get("number", ""),
            "withheld": body.get("withheld", False),
            "caller_name": body.get("caller_name", ""),
            "dialed_number": body.get("dialed_number", ""),
            "queue": body.get("queue", ""),
            "diverted_from": body.get("diverted_from", ""),
        }
        date = self._get_date(call, body)
        if "at" in body or not call:
            change["start_date"] = date
        leg = self._get_own_leg(call, body.get("extension"))
        if body.get("extension") and ("at" in body or not leg):
            date = body.get("at") or call.start_date or date
            change["legs"] = [self._prepare_leg(body, start_date=date)]
        return change

    @api.model
    def _prepare_ringing(self, call, body):
        leg = self._get_own_leg(call, body["extension"])
        # Without a time it is a repetition, unless the phone may ring once more.
        is_old = leg.state == "ringing" or leg.answer_date or call.state == "ended"
        if leg and is_old and "at" not in body:
            return None
        date = self._get_date(call, body)
        return {
            "state": "ringing",
            "start_date": date,
            "legs": [self._prepare_leg(body, start_date=date)],
        }

    @api.model
    def _prepare_answered(self, call, body):
        leg = self._get_own_leg(call, body.get("extension"))
        if leg.answer_date and "at" not in body:
            return None
        date = self._get_date(call, body)
        change = {"state": "ongoing", "answer_date": date}
        if body.get("extension"):
            change["legs"] = [self._prepare_leg(body, answer_date=date)]
        return change

    @api.model
    def _prepare_ended(self, call, body):
        date = body.get("at") or call.end_date or fields.Datetime.now()
        change = {"state": "ended", "end_date": date}
        for key in ("outcome", "hangup_cause", "voicemail"):
            if body.get(key):
                change[key] = body[key]
        return change

    @api.model
    def _prepare_recording(self, call, body):
        change = {"recording_url": body["url"]}
        if body.get("kind") == "voicemail":
            change |= {"voicemail": True, "voicemail_duration": body.get("duration")}
        return change

    @api.model
    def _prepare_show(self, call, body):
        """Show the call to somebody, as if his phone took part in it."""
        leg = self._get_own_leg(call, body["extension"])
        is_seen = call.state == "ended" or leg.state in ("ringing", "ongoing")
        if is_seen and "at" not in body:
            return None
        date = self._get_date(call, body)
        return {"legs": [self._prepare_leg(body, start_date=date, is_shown=True)]}

    @api.model
    def _prepare_hide(self, call, body):
        """Take the call away from somebody's screen."""
        leg = self._get_own_leg(call, body["extension"])
        if leg.state in (False, "ended") and "at" not in body:
            return {} if not call else None
        return {"legs": [self._prepare_leg(body, end_date=self._get_date(call, body))]}

    @api.model
    def _get_own_leg(self, call, extension):
        return call.leg_ids.filtered(lambda leg: leg.uniqueid == extension)

    @api.model
    def _get_date(self, call, body):
        """Return when it happened: now, or before the end where that came first."""
        now = fields.Datetime.now()
        return body.get("at") or min(now, call.end_date or now)

    @api.model
    def _prepare_leg(self, body, **values):
        return {
            "uniqueid": body["extension"],
            "extension": body["extension"],
            **values,
        }

    # === WHAT THE ANSWER SAYS === #

    @api.model
    def _prepare_call(self, call):
        """Return a call as the API tells it.

        For an addon that knows more of it, override.

        :return: what stands in the schema of a call (``controllers.api_schema``)
        :rtype: dict
        """
        return {
            "id": call.uniqueid,
            "direction": call.direction,
            "state": call.state,
            "outcome": call.outcome or None,
            "number": call.number or "",
            "withheld": call.withheld,
            "extension": call.extension_id.number or "",
            "started_at": _iso(call.start_date),
            "answered_at": _iso(call.answer_date),
            "ended_at": _iso(call.end_date),
            "duration": call.duration,
            "voicemail": call.voicemail,
            "voicemail_duration": call.voicemail_duration,
            "recording_url": None,
            "registered": call.is_registered,
        }

    # === WHO CALLS? === #

    @api.model
    def _lookup(self, pbx, number):
        """Return what the telephone system is told of a caller.

        It acts for no user: it is told of the company's own records, and names only as
        the administrator chose.

        :param pbx: the `telephony.pbx` that asks
        :param str number: as a trunk presents it
        :return: ``number`` (E.164 where it is one), ``known``, ``name``, ``extension``
            of who is responsible on this telephone system, ``vip``, ``blocked``; texts
            are "" where there is nothing to tell
        :rtype: dict
        """
        reading = self.env["telephony.number"]._read(number, pbx)
        records = self._find_callers(pbx, number)
        users = {_responsible(record) for record in records}
        user = users.pop() if len(users) == 1 else self.env["res.users"]
        tags = [_tags(record) for record in records]
        return {
            "number": reading.e164 or reading.text,
            "known": bool(records),
            "name": self._join_names(pbx, records),
            "extension": self._get_extension(pbx, user),
            "vip": any(pbx.vip_tag_ids & mine for mine in tags),
            "blocked": self._is_blocked(pbx, reading, tags),
        }

    @api.model
    def _is_blocked(self, pbx, reading, tags):
        """Say whether a caller is on the company's list, or has a tag that blocks.

        :param reading: of the number
        :param tags: those of each record that has the number
        """
        # A number shared with somebody who is not blocked is let through.
        if tags and all(pbx.blocked_tag_ids & mine for mine in tags):
            return True
        blocked = self.env["telephony.blocked.number"]
        return bool(blocked._find(reading.e164 or reading.text, pbx.company_id))

    @api.model
    def _search_records(self, pbx, number):
        """Return the records that have a number, as the telephone system may see them.

        :param pbx: the `telephony.pbx` that asks
        :param str number: as a trunk presents it
        :return: list of dicts ``model``, ``id``, ``name`` ("" where it is not
            reported), ``extension`` of who is responsible
        """
        return [
            {
                "model": record._name,
                "id": record.id,
                "name": self._get_caller_name(pbx, record),
                "extension": self._get_extension(pbx, _responsible(record)),
            }
            for record in self._find_callers(pbx, number)[:MAX_RECORDS]
        ]

    @api.model
    def _find_callers(self, pbx, number):
        """Return the company's records with exactly this number, best first."""
        # sudo - telephony.number: the telephone system acts for no user; what it is
        # told of the records is this file's to decide
        numbers_sudo = self.env["telephony.number"].sudo().with_company(pbx.company_id)
        return [
            match.record
            for match in numbers_sudo.match(number, pbx)
            if match.exact and self._is_own(pbx, match.record)
        ]

    @api.model
    def _is_own(self, pbx, record):
        """Say whether a record is the company's, or everybody's."""
        if "company_id" not in record._fields:
            return True
        return not record.company_id or record.company_id == pbx.company_id

    @api.model
    def _get_extension(self, pbx, user):
        """Return the number of a user's first extension there, "" without one."""
        extensions = pbx.extension_ids.filtered(
            lambda extension: user and extension.user_id == user
        )
        return extensions[:1].number or ""

    @api.model
    def _get_caller_name(self, pbx, record):
        if pbx.lookup_names != "all" and not _responsible(record):
            return ""
        return plain_text(record.display_name or "")[:MAX_NAME]

    @api.model
    def _join_names(self, pbx, records):
        """Return what a telephone's display says of the callers a number may mean."""
        names = {record: self._get_caller_name(pbx, record) for record in records}
        told = [record for record, name in names.items() if name]
        companies = {_company_of(record) for record in told}
        if len(told) > 1 and len(companies) == 1:
            company = companies.pop()
            if company and (name := self._get_caller_name(pbx, company)):
                return name
        texts = list(dict.fromkeys(names[record] for record in told))
        return " / ".join(texts)[:MAX_NAME] if len(texts) <= MAX_NAMES else ""


def _iso(date):
    """Write a naive UTC datetime as RFC 3339 does."""
    return f"{date.isoformat(timespec='seconds')}Z" if date else None


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
