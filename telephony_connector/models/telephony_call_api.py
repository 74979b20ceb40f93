"""What ``/telephony/api`` does: any telephone system may tell of its calls here.

Each order is a partial change for the door, and the same order again changes nothing.
"""

from odoo import api, fields, models


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    def _api_find(self, pbx, uniqueid):
        """Return the call that a telephone system knows by an id, as superuser."""
        # sudo - telephony.call: who asks is a telephone system, for its own calls
        return self.sudo().search(
            [("pbx_id", "=", pbx.id), ("uniqueid", "=", uniqueid)], limit=1
        )

    @api.model
    def _api_register(self, pbx, order):
        """Take a new call into the log, or tell more of a known one.

        :param pbx: the `telephony.pbx` that tells
        :param dict order: as ``controllers.api_schema`` describes it
        :return: (call, whether it is new)
        """
        known = self._api_find(pbx, order["id"])
        return self._api_tell(pbx, order["id"], "register", order), not known

    @api.model
    def _api_tell(self, pbx, uniqueid, name, order):
        """Take an order of any kind, whether or not the call is known.

        :param pbx: the `telephony.pbx` that tells
        :param str uniqueid: how it knows the call
        :param str name: the order's: *register* or one of the route's
        :param dict order: as ``controllers.api_schema`` describes it
        :return: the call, as superuser
        """
        known = self._api_find(pbx, uniqueid)
        change = getattr(known, f"_api_change_{name}")(order)
        if change is None:
            return known
        change = {"pbx_id": pbx.id, "uniqueid": uniqueid, **change}
        return self._apply_parts([change]) or self._api_find(pbx, uniqueid)

    # === WHAT ORDERS SAY: A CHANGE FOR THE DOOR, None WHERE IT IS NO NEWS === #

    def _api_change_register(self, order):
        change = {
            "state": "ringing",
            "direction": order["direction"],
            "number": order.get("number", ""),
            "withheld": order.get("withheld", False),
            "caller_name": order.get("caller_name", ""),
            "dialed_number": order.get("dialed_number", ""),
            "queue": order.get("queue", ""),
            "diverted_from": order.get("diverted_from", ""),
        }
        date = self._api_date(order)
        if "at" in order or not self:
            change["start_date"] = date
        leg = self._api_own_leg(order.get("extension"))
        if order.get("extension") and ("at" in order or not leg):
            date = order.get("at") or self.start_date or date
            change["legs"] = [self._api_leg(order, start_date=date)]
        return change

    def _api_change_ringing(self, order):
        leg = self._api_own_leg(order["extension"])
        # Without a time it is a repetition, unless the phone may ring once more.
        is_old = leg.state == "ringing" or leg.answer_date or self.state == "ended"
        if leg and is_old and "at" not in order:
            return None
        date = self._api_date(order)
        return {
            "state": "ringing",
            "start_date": date,
            "legs": [self._api_leg(order, start_date=date)],
        }

    def _api_change_answered(self, order):
        leg = self._api_own_leg(order.get("extension"))
        if leg.answer_date and "at" not in order:
            return None
        date = self._api_date(order)
        change = {"state": "ongoing", "answer_date": date}
        if order.get("extension"):
            change["legs"] = [self._api_leg(order, answer_date=date)]
        return change

    def _api_change_ended(self, order):
        date = order.get("at") or self.end_date or fields.Datetime.now()
        change = {"state": "ended", "end_date": date}
        for key in ("outcome", "hangup_cause", "voicemail"):
            if order.get(key):
                change[key] = order[key]
        return change

    def _api_change_recording(self, order):
        change = {"recording_url": order["url"]}
        if order.get("kind") == "voicemail":
            change |= {"voicemail": True, "voicemail_duration": order.get("duration")}
        return change

    def _api_change_show(self, order):
        """Show the call to somebody, as if his phone took part in it."""
        leg = self._api_own_leg(order["extension"])
        is_seen = self.state == "ended" or leg.state in ("ringing", "ongoing")
        if is_seen and "at" not in order:
            return None
        date = self._api_date(order)
        return {"legs": [self._api_leg(order, start_date=date, is_shown=True)]}

    def _api_change_hide(self, order):
        """Take the call away from somebody's screen."""
        leg = self._api_own_leg(order["extension"])
        if leg.state in (False, "ended") and "at" not in order:
            return {} if not self else None
        return {"legs": [self._api_leg(order, end_date=self._api_date(order))]}

    def _api_own_leg(self, extension):
        return self.leg_ids.filtered(lambda leg: leg.uniqueid == extension)

    def _api_date(self, order):
        """Return when it happened: now, or before the end where that came first."""
        now = fields.Datetime.now()
        return order.get("at") or min(now, self.end_date or now)

    @api.model
    def _api_leg(self, order, **values):
        return {
            "uniqueid": order["extension"],
            "extension": order["extension"],
            **values,
        }

    def _api_read(self):
        """Return the call as the API tells it; an addon that knows more overrides.

        :return: what stands in the schema of a call (``controllers.api_schema``)
        :rtype: dict
        """
        self.ensure_one()
        return {
            "id": self.uniqueid,
            "direction": self.direction,
            "state": self.state,
            "outcome": self.outcome or None,
            "number": self.number or "",
            "withheld": self.withheld,
            "extension": self.extension_id.number or "",
            "started_at": _iso(self.start_date),
            "answered_at": _iso(self.answer_date),
            "ended_at": _iso(self.end_date),
            "duration": self.duration,
            "voicemail": self.voicemail,
            "voicemail_duration": self.voicemail_duration,
            "recording_url": None,
            "registered": self.is_registered,
        }


def _iso(date):
    """Write a naive UTC datetime as RFC 3339 does."""
    return f"{date.isoformat(timespec='seconds')}Z" if date else None
