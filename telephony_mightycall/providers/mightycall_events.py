"""MightyCall's words for a call, in the webhook and in its list of calls, read.

No Odoo here: plain dicts in, changes for the door out (without ``pbx_id``). The server
says the same thing in two families of event names, an older one by call and a newer one
by agent; which one a customer gets depends on the product he has.
"""

from datetime import UTC, datetime, timedelta

from odoo.addons.telephony_connector.engine.presented import is_presentable

MAX_ID = 64
# At the calendar's edges a time zone or a duration leads out of it.
YEARS = range(1970, 3000)

# Event name → (direction, what happened). "stop" means that one phone rings no more,
# "left" that one agent talks no more; the call itself may go on after both.
EVENTS = {
    "IncomingCall": ("inbound", "new"),
    "IncomingCallRinging": ("inbound", "ringing"),
    "IncomingCallStopRinging": ("inbound", "stop"),
    "IncomingCallConnected": ("inbound", "answered"),
    "IncomingCallCompleted": ("inbound", "ended"),
    "IncomingCallAgentRinging": ("inbound", "ringing"),
    "IncomingCallAgentConnected": ("inbound", "answered"),
    "IncomingCallAgentCompleted": ("inbound", "left"),
    "OutgoingCall": ("outbound", "ringing"),
    "OutgoingCallConnected": ("outbound", "answered"),
    "OutgoingCallCompleted": ("outbound", "ended"),
    "OutgoingCallAgentDialing": ("outbound", "ringing"),
    "OutgoingCallAgentConnected": ("outbound", "answered"),
    "OutgoingCallAgentCompleted": ("outbound", "left"),
    "CallbackCall": ("outbound", "new"),
    "CallbackCallRinging": ("outbound", "ringing"),
    "CallbackCallStopRinging": ("outbound", "stop"),
    "CallbackCallConnected": ("outbound", "answered"),
    "CallbackCallCompleted": ("outbound", "ended"),
}

# How the list of calls says that a call went.
STATUSES = {
    "Connected": "answered",
    "Missed": "missed",
    "VoiceMail": "missed",
    "Dropped": "missed",
    "NoAnswer": "missed",
}


class InvalidPayload(ValueError):
    """What arrived is no event of MightyCall's; the text says why, and no secret."""


def read_guid(payload):
    """Return the id of an event, by which a repetition is known.

    :raise InvalidPayload: it has none
    """
    return _text(payload, "Guid", MAX_ID, required=True)


def read_date(payload):
    """Return when an event happened, as a naive UTC datetime.

    :raise InvalidPayload: no time is given, or none that can be understood
    """
    text = _text(payload, "Timestamp", 40, required=True)
    date = parse_date(text)
    if date is None:
        raise InvalidPayload("Timestamp is no ISO 8601 time")
    return date


def read_event(payload):
    """Turn one webhook event into a change for the door.

    :param dict payload: the decoded JSON body
    :return: a partial change, ``None`` for an event that tells nothing of a call
    :rtype: dict or None
    :raise InvalidPayload: in words for the administrator
    """
    name = _text(payload, "EventType", 64, required=True)
    if name not in EVENTS:
        return None
    direction, what = EVENTS[name]
    body = payload.get("Body")
    if not isinstance(body, dict):
        raise InvalidPayload("Body is no object")
    client, business = ("From", "To") if direction == "inbound" else ("To", "From")
    # The agents' family names the call beside the body.
    uniqueid = _text(body, "Id", MAX_ID) or _text(payload, "CallId", MAX_ID)
    if not uniqueid:
        raise InvalidPayload("Body.Id is missing")
    change = {
        "uniqueid": uniqueid,
        "direction": direction,
        "number": read_number(body, client),
        "dialed_number": read_number(body, business),
    }
    if direction == "outbound":
        # The company's own number is what the call was made from.
        change["dialed_number"] = change["number"]
    return change | _happened(what, _extension(body), read_date(payload))


def _happened(what, extension, date):
    """Return the part of a change that says what happened, and to which extension."""
    leg = {"uniqueid": extension, "extension": extension}
    change = {"state": "ringing", "start_date": date}
    if what == "ringing":
        leg |= {"state": "ringing", "start_date": date}
    elif what == "answered":
        change = {"state": "ongoing", "answer_date": date}
        leg |= {"state": "ongoing", "answer_date": date}
    elif what == "stop":
        leg |= {"state": "ended", "end_date": date, "outcome": "cancelled"}
    elif what == "left":
        change = {}
        leg |= {"state": "ended", "end_date": date}
    elif what == "ended":
        change = {"state": "ended", "end_date": date}
    if extension and what not in ("new", "ended"):
        change["legs"] = [leg]
    return change


def read_listed_call(entry):
    """Turn one entry of the server's list of calls into a change for the door.

    The list tells a talk's length, not when it began: a call's times are those of the
    list only where no event reported them.

    :param dict entry: as in ``data.calls``
    :return: a partial change of an ended call, with ``recording_url`` where it has one
    :rtype: dict
    :raise InvalidPayload: the entry is none that can be understood
    """
    uniqueid = _text(entry, "id", MAX_ID, required=True)
    start = parse_date(entry.get("dateTimeUtc"))
    status = entry.get("callStatus")
    if start is None or not isinstance(status, str) or status not in STATUSES:
        raise InvalidPayload(f"Call {uniqueid} has no time or no known status")
    inbound = entry.get("direction") == "Incoming"
    outcome = STATUSES[status] if inbound or status == "Connected" else "cancelled"
    client, business = ("caller", "called") if inbound else ("called", "caller")
    number = _party(entry, client, "from" if inbound else "to")
    seconds = entry.get("duration")
    seconds = seconds if isinstance(seconds, int) and 0 <= seconds < 86_400 else 0
    change = {
        "uniqueid": uniqueid,
        "direction": "inbound" if inbound else "outbound",
        "state": "ended",
        "outcome": outcome,
        "number": number,
        "dialed_number": (
            _party(entry, business, "to") or entry.get("businessNumber")
            if inbound
            else number
        ),
        "voicemail": status == "VoiceMail",
        "start_date": start,
        "end_date": start + timedelta(seconds=seconds),
    }
    if outcome == "answered":
        change["answer_date"] = start
    if change["voicemail"] and seconds:
        change["voicemail_duration"] = seconds
    record = entry.get("callRecord")
    if isinstance(record, dict) and isinstance(record.get("uri"), str):
        change["recording_url"] = record["uri"]
    return change


def parse_date(text):
    """Read an ISO 8601 time with up to seven decimals; UTC where it names no zone.

    :return: a naive UTC datetime, ``None`` where the text is none of our times
    """
    if not isinstance(text, str):
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    if date.year not in YEARS:
        return None
    if date.tzinfo:
        date = date.astimezone(UTC).replace(tzinfo=None)
    return date.replace(microsecond=0)


def read_number(body, key):
    """Return a party's number, "" where it is withheld or not reported.

    :raise InvalidPayload: it holds what no number can hold
    """
    number = _text(body, key, 64)
    if not is_presentable(number):
        raise InvalidPayload(f"{key} is no number")
    return number


def _extension(body):
    extension = body.get("Extension")
    if isinstance(extension, int) and not isinstance(extension, bool):
        extension = str(extension)
    return _text({"Extension": extension}, "Extension", 32)


def _party(entry, *keys):
    """Return a party's number: a text, or an object that has one."""
    for key in keys:
        party = entry.get(key)
        if isinstance(party, list):
            party = party[0] if party else None
        if isinstance(party, dict):
            party = party.get("phone") or party.get("number") or party.get("address")
        if isinstance(party, str) and party:
            return party[:64]
    return ""


def _text(values, key, length, required=False):
    text = values.get(key)
    if text is None:
        text = ""
    if not isinstance(text, str) or len(text) > length or not text.isprintable():
        raise InvalidPayload(f"{key} is no text of at most {length} signs")
    if required and not text:
        raise InvalidPayload(f"{key} is missing")
    return text
