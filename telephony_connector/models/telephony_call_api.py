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
        change = {
            "pbx_id": pbx.id,
            "uniqueid": order["id"],
            "state": "ringing",
            "direction": order["direction"],
            "number": order.get("number", ""),
            "withheld": order.get("withheld", False),
            "caller_name": order.get("caller_name", ""),
            "dialed_number": order.get("dialed_number", ""),
            "queue": order.get("queue", ""),
            "diverted_from": order.get("diverted_from", ""),
            "start_date": order.get("at") or known.start_date or fields.Datetime.now(),
        }
        if extension := order.get("extension"):
            change["legs"] = [self._api_leg(extension, "start_date", change)]
        if known:
            # Where the call has come further, its phones have, too.
            change.pop("legs", None)
        call = self._apply_parts([change]) or known
        return call, not known

    def _api_ringing(self, order):
        """A phone of the company rings."""
        leg = self._api_own_leg(order["extension"])
        # Without a time it is a repetition, unless the phone may ring once more.
        is_old = leg.state == "ringing" or leg.answer_date or self.state == "ended"
        if leg and is_old and "at" not in order:
            return
        self._api_tell(
            order, "start_date", {"state": "ringing"}, extension=order["extension"]
        )

    def _api_answered(self, order):
        """Somebody answered."""
        date = order.get("at") or self.answer_date or fields.Datetime.now()
        leg = self._api_own_leg(order.get("extension"))
        if leg.answer_date and "at" not in order:
            return
        self._api_tell(
            {"at": date},
            "answer_date",
            {"state": "ongoing"},
            extension=order.get("extension"),
        )

    def _api_ended(self, order):
        """The call is over."""
        date = order.get("at") or self.end_date or fields.Datetime.now()
        change = {"state": "ended", "end_date": date}
        for key in ("outcome", "hangup_cause", "voicemail"):
            if order.get(key):
                change[key] = order[key]
        self._apply_parts([self._api_change(change)])

    def _api_recording(self, order):
        """There is a recording of the call, or a message was left."""
        if order.get("kind") == "voicemail":
            change = {"voicemail": True}
            if order.get("duration"):
                change["voicemail_duration"] = order["duration"]
            self._apply_parts([self._api_change(change)])
        self._set_recording(order["url"])

    def _api_show(self, order):
        """Show the call to somebody, as if his phone took part in it."""
        leg = self._api_own_leg(order["extension"])
        if self.state == "ended" or leg.state in ("ringing", "ongoing"):
            return
        key = "answer_date" if self.state == "ongoing" else "start_date"
        self._api_tell(
            order, key, {}, extension=order["extension"], leg_state=self.state
        )

    def _api_hide(self, order):
        """Take the call away from somebody's screen."""
        leg = self._api_own_leg(order["extension"])
        if not leg or leg.state == "ended":
            return
        self._api_tell(
            order, "end_date", {}, extension=order["extension"], leg_state="ended"
        )

    def _api_own_leg(self, extension):
        return self.leg_ids.filtered(lambda leg: leg.uniqueid == extension)

    def _api_change(self, change):
        return {"pbx_id": self.pbx_id.id, "uniqueid": self.uniqueid, **change}

    def _api_tell(self, order, key, change, extension=None, leg_state=None):
        """Pass on what happened at one time, to the call and to one extension of it.

        :param str key: the date that it sets
        :param dict change: what it says of the call; empty where the call's own state
            stays as it is
        """
        date = order.get("at") or fields.Datetime.now()
        change = self._api_change(change)
        if "state" in change:
            change[key] = date
        if extension:
            state = leg_state or change["state"]
            change["legs"] = [self._api_leg(extension, key, {key: date}, state)]
        self._apply_parts([change])

    @api.model
    def _api_leg(self, extension, key, values, state="ringing"):
        return {
            "uniqueid": extension,
            "extension": extension,
            "state": state,
            key: values[key],
        }

    def _api_read(self):
        """Return the call as the API tells it.

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
            "recording_url": self.recording_url or None,
            "registered": self.is_registered,
        }


def _iso(date):
    """Write a naive UTC datetime as RFC 3339 does."""
    return f"{date.isoformat(timespec='seconds')}Z" if date else None
