"""After a (re)connect: what is really there, compared with what we believed."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from . import channels, dialing, ending, forwarding, parties, talking
from .bridging import bridge_of
from .dialplan import is_dialable, known, parse_channel
from .state import PbxState
from .unseen import UnseenTalk

# A channel this young may only be ahead of its own event.
FRESH = timedelta(seconds=2)

_DURATION = re.compile(r"(\d{1,6}):(\d\d):(\d\d)")
_DIALED = ("AppDial", "AppQueue")
_ORIGINATED = "AppDial2"
_WAITING = ("Park", "ParkedCall", "BridgeWait", "AgentLogin", "StasisHold")
_CONFERENCES = ("ConfBridge", "MeetMe")


class Dial(NamedTuple):
    """One destination that a channel dials: ``PJSIP/+33…@trunk`` taken apart."""

    source: str
    technology: str
    string: str


UNKNOWN = Dial("", "", "")


def resync(pbx: PbxState, listed: Iterable[dict], now: datetime, mark: int):
    """Close what is gone, adopt what is new, join what is bridged.

    :param listed: CoreShowChannel events
    :param now: the present, naive UTC
    :param mark: the board's count when the list was asked for; of channels that were
        reported since, the events know better than the list
    """
    listed = {event["Uniqueid"]: event for event in listed if event.get("Uniqueid")}
    last_event = min(pbx.last_event_time(), now)
    forwarding.catch_up(pbx, listed)
    for uniqueid, channel in list(pbx.channels.items()):
        if channel.last_count > mark:
            listed.pop(uniqueid, None)
        elif uniqueid not in listed:
            channel.tracked.call.incomplete = True
            ending.hang_up(pbx, channel, last_event)
    aged = [(_duration(event), event) for event in listed.values()]
    aged.sort(key=lambda pair: (_is_dialed(pair[1]), -pair[0]))
    dials = _read_dials(listed.values())
    for age, event in aged:
        dial = _find_dial(dials, event)
        if event["Uniqueid"] in pbx.channels:
            _catch_up(pbx, event, now, dial)
        else:
            _adopt(pbx, event, now, age, dial)
    _rebuild_bridges(pbx, listed, last_event, now)
    for tracked in list(pbx.tracked_calls.values()):
        if tracked.channels:
            tracked.forward = ""
        if (tracked.is_unconfirmed or tracked.forward) and not tracked.channels:
            tracked.call.incomplete = True
            ending.end(pbx, tracked, now)


def _catch_up(pbx, event, now, dial):
    """Take what the list says of a channel that is known already: what happened to it
    meanwhile was not seen."""
    channel = pbx.channels[event["Uniqueid"]]
    if channel.tracked.call.incomplete:
        _age(pbx, channel, now - _duration(event))
    if not is_dialable(channel.exten):
        channel.exten = event.get("Exten", "")
    if known(event.get("CallerIDNum", "")):
        channels.on_newcallerid(pbx, event)
    _restore_role(pbx, channel, event, now, dial)


def _age(pbx, channel, start):
    """Take the list's word for how old a channel is whose begin was not seen."""
    if start >= channel.start:
        return
    channel.start = start
    call = channel.tracked.call
    call.start_date = min(call.start_date, start)
    if channel.leg is not None:
        channel.leg.start_date = min(channel.leg.start_date, start)
    pbx.mark_changed(channel.tracked)


def _adopt(pbx, event, now, age, dial):
    channel = pbx.channel(event, start=now - age)
    if channel is None:
        return
    tracked = channel.tracked
    tracked.call.start_date = min(tracked.call.start_date, channel.start)
    if age >= FRESH:
        tracked.call.incomplete = True
    _restore_role(pbx, channel, event, channel.start, dial)


def _restore_role(pbx, channel, event, now, dial):
    """Record what a listed channel does in its call.

    :param now: when it was answered at the latest, if it was and that is not known
    :param dial: the `Dial` that it was called by, as far as that is known
    """
    tracked = channel.tracked
    application = event.get("Application", "")
    is_first = tracked.is_click and event.get("Linkedid") == channel.uniqueid
    if (is_first or application == _ORIGINATED) and not channel.is_dialed:
        tracked.is_originated = channel.is_own = True
    if application == "Queue":
        tracked.call.queue = event.get("ApplicationData", "").partition(",")[0]
    state = event.get("ChannelState")
    channel.is_up = channel.is_up or state == channels.UP
    if _is_dialed(event):
        is_new = not channel.is_dialed
        channel.is_dialed = True
        source = pbx.channels.get(dial.source)
        if is_new and source is not None:
            dialing.link(pbx, source, channel)
        if is_new and not channel.is_local:
            parties.ring(pbx, channel, dial.string)
    elif not channel.is_dialed and state in (channels.UP, channels.RING):
        parties.set_caller(pbx, channel)
    if channel.is_up:
        was_answered = _is_answered(channel)
        parties.pick_up(pbx, channel, now)
        if _is_answered(channel) and not was_answered:
            channel.leg.answered_unseen = True
    pbx.mark_changed(tracked)


def _is_answered(channel):
    return channel.leg is not None and channel.leg.answer_date is not None


def _read_dials(events):
    """Return whom channels dial: Linkedid → list of `Dial`."""
    dials = {}
    for event in events:
        if event.get("Application") != "Dial":
            continue
        for part in event.get("ApplicationData", "").partition(",")[0].split("&"):
            technology, _, string = part.partition("/")
            dial = Dial(event["Uniqueid"], technology, string)
            dials.setdefault(event.get("Linkedid"), []).append(dial)
    return dials


def _find_dial(dials, event):
    """Return what a channel was dialed by, as far as it can be told apart."""
    parsed = parse_channel(event.get("Channel", ""))
    device = parsed.number or parsed.device.partition("/")[2]
    found = [
        dial
        for dial in dials.get(event.get("Linkedid"), ())
        if dial.technology == parsed.technology
    ]
    named = [dial for dial in found if device in re.split("[/@]", dial.string)]
    found = named or found
    return found[0] if len(found) == 1 else UNKNOWN


def _rebuild_bridges(pbx, listed, last_event, now):
    bridges = {}
    for uniqueid, event in listed.items():
        channel = pbx.channels.get(uniqueid)
        if channel is None:
            continue
        bridge = bridge_of(pbx, event.get("BridgeId"), event)
        pbx.leave_bridge(channel)
        if bridge is not None:
            application = event.get("Application")
            bridge.is_holding |= application in _WAITING
            bridge.is_conference |= application in _CONFERENCES
            channel.bridge = bridge
            bridge.members[uniqueid] = channel
            bridges[event["BridgeId"]] = bridge
    for bridge in bridges.values():
        _resume_talk(pbx, bridge, last_event, now)


def _resume_talk(pbx, bridge, last_event, now):
    """When they began to talk unseen is asked, as no list says it: at the earliest when
    the last of them came, or when the last event of a call that we knew came."""
    talkers = talking.talkers(pbx, bridge)
    unanswered = [channel for channel in talkers if not _is_answered(channel)]
    silent = {c.tracked for c in talkers if not c.tracked.call.answer_date}
    if len(talkers) < 2 or not (unanswered or silent):
        talking.talk(pbx, bridge, last_event)
        return
    began = last_event
    if silent:
        began = max(channel.start for channel in talkers)
        if not all(tracked.call.incomplete for tracked in silent):
            began = max(began, last_event)
    for tracked in silent:
        tracked.call.incomplete = True
    talking.talk(pbx, bridge, began)
    for channel in unanswered:
        channel.leg.answered_unseen = True
    asked = [channel for channel in talkers if channel.leg.answered_unseen]
    # Without the calls that were joined to others.
    dated = silent & {channel.tracked for channel in talkers}
    UnseenTalk(pbx, asked, dated, now).ask()


def _is_dialed(event):
    return event.get("Application") in _DIALED


def _duration(event):
    match = _DURATION.fullmatch(event.get("Duration", ""))
    if match is None:
        return timedelta()
    hours, minutes, seconds = map(int, match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
