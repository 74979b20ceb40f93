"""What is going on at a PBX right now: channels, bridges, and the calls they make up.

The topics (channels, dialling, bridging, …) read events and move these pieces; the
rules of how a call comes to be, is answered, joined with another and ends are here.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

from ..engine import outcomes
from ..engine.call import Call, Direction, Leg, Outcome, State
from .dialplan import (
    Dialplan,
    dialled_number,
    is_feature_code,
    is_withheld,
    known,
    parse_channel,
)

EPOCH = datetime(1970, 1, 1)
# A caller who waits for hours is rung for at many telephones: the oldest are let go.
MAX_LEGS = 100
# Of so many channels a late or repeated event is known to be late.
MAX_GONE = 5000


class Channel:
    """One channel of Asterisk: one end of one connection."""

    __slots__ = (
        "answered",
        "bridge",
        "caller_name",
        "caller_number",
        "exten",
        "extension",
        "is_dialled",
        "is_up",
        "leg",
        "linkedid",
        "met_customer",
        "name",
        "parsed",
        "record",
        "seen",
        "start",
        "uniqueid",
    )

    def __init__(self, uniqueid, name, parsed, start):
        self.uniqueid = uniqueid
        self.name = name
        self.parsed = parsed
        self.start = start
        self.linkedid = uniqueid
        self.extension = ""
        self.caller_number = ""
        self.caller_name = ""
        self.exten = ""
        self.is_up = False
        self.is_dialled = False
        self.answered = False  # as the end of its dialling said
        self.met_customer = False
        self.record = None
        self.leg = None
        self.bridge = None
        self.seen = 0

    @property
    def is_local(self):
        return self.parsed.is_local


class Bridge:
    """A room in which channels hear each other, unless it is for waiting only."""

    __slots__ = ("is_conference", "is_holding", "members")

    def __init__(self, technology="", creator=""):
        self.members = {}
        self.is_holding = technology == "holding_bridge"
        self.is_conference = creator in ("ConfBridge", "MeetMe")


class Record:
    """A call with what must be remembered to keep it right."""

    __slots__ = (
        "agent",
        "born",
        "call",
        "caller",
        "called",
        "channels",
        "is_click",
        "is_handed_over",
        "is_originated",
        "is_reported",
        "is_settled",
        "is_unseen",
        "last_words",
        "links",
    )

    def __init__(self, call, born):
        self.call = call
        self.born = born  # by our clock; the call's dates are by the PBX's
        self.caller = None
        self.called = {}  # uniqueid → leg, of those who were rung
        self.channels = {}
        self.links = set()
        self.agent = ""  # the extension of who clicked
        self.is_click = False  # asked for by us
        self.is_originated = False  # begun by the PBX's rung telephone, not by a caller
        self.is_handed_over = False
        self.is_reported = False
        self.is_unseen = True  # the PBX has not shown a channel of it
        self.is_settled = False  # it is known whom it is with
        self.last_words = None  # the time of the last thing that a real channel did

    @property
    def is_open(self):
        return self.call.state is not State.ENDED


class Board:
    """The pieces, and the moves that all topics share."""

    def __init__(self, dialplan: Dialplan, clock: Callable[[], datetime]):
        self.dialplan = dialplan
        self.clock = clock
        self.channels = {}
        self.bridges = {}
        self.locals = {}  # name without the half → {uniqueid: channel}
        self.records = {}  # by the call's uniqueid, open ones
        self.links = {}  # Linkedid → record
        self.gone = {}  # uniqueids of the channels that hung up last, in order
        self.changed = {}  # uniqueid → record, in the order of the first change
        self.last_event = None
        self.last_heard = None  # when that came, by our clock
        self.count = 0  # events so far

    # -- time ------------------------------------------------------------------------

    def time(self, event) -> datetime:
        """When the event happened: as the PBX says, else now."""
        return _time_stamp(event) or self.clock()

    def heard(self) -> datetime:
        """When the PBX was heard of last."""
        if self.last_event is None:
            return self.clock()
        return _time_stamp(self.last_event) or self.last_heard

    # -- channels --------------------------------------------------------------------

    def channel(self, event, prefix="", start=None) -> Channel | None:
        """Return the channel that an event tells of, met for the first time or not.

        ``start`` says since when it exists, if that is not just now.

        None for one without a telephone or another channel behind it, and for one that
        has hung up already (a late or repeated event).
        """
        uniqueid = event.get(prefix + "Uniqueid")
        if not uniqueid:
            return None
        channel = self.channels.get(uniqueid)
        if channel is None:
            channel = self._meet(uniqueid, event, prefix, start)
            if channel is None:
                return None
        channel.seen = self.count
        return channel

    def _meet(self, uniqueid, event, prefix, start):
        name = event.get(prefix + "Channel", "")
        parsed = parse_channel(name)
        if uniqueid in self.gone or not name or parsed.is_pseudo:
            return None
        channel = Channel(uniqueid, name, parsed, start or self.time(event))
        self.channels[uniqueid] = channel
        if parsed.is_local:
            self.locals.setdefault(parsed.device, {})[uniqueid] = channel
        else:
            channel.extension = self.dialplan.extension_of(parsed)
        channel.caller_number = event.get(prefix + "CallerIDNum", "")
        channel.caller_name = event.get(prefix + "CallerIDName", "")
        channel.exten = event.get(prefix + "Exten", "")
        channel.linkedid = event.get(prefix + "Linkedid") or uniqueid
        self._place(channel)
        return channel

    def _place(self, channel):
        """Put a new channel into the call that it belongs to, or open one."""
        record = self.records.get(channel.uniqueid)
        if record is None and channel.linkedid != channel.uniqueid:
            record = self.links.get(channel.linkedid)
        if record is None:
            record = self.open_record(channel.uniqueid, channel.start)
        self.attach(channel, record)

    def attach(self, channel, record):
        """Make a channel part of a call."""
        if record.is_click and record.is_unseen:
            record.is_unseen = False
            record.call.start_date = channel.start  # by the PBX's clock, as all else
            self.touch(record)
        channel.record = record
        record.channels[channel.uniqueid] = channel
        if self.links.setdefault(channel.linkedid, record) is record:
            record.links.add(channel.linkedid)

    def forget_channel(self, channel):
        """Take a channel that hung up off the board."""
        self.channels.pop(channel.uniqueid, None)
        self.gone[channel.uniqueid] = None
        if len(self.gone) > MAX_GONE:
            del self.gone[next(iter(self.gone))]
        self.leave_bridge(channel)
        if channel.is_local:
            halves = self.locals.get(channel.parsed.device, {})
            halves.pop(channel.uniqueid, None)
            if not halves:
                self.locals.pop(channel.parsed.device, None)
        if channel.record is not None:
            channel.record.channels.pop(channel.uniqueid, None)

    def leave_bridge(self, channel):
        """Take a channel out of the bridge that it is in."""
        if channel.bridge is not None:
            channel.bridge.members.pop(channel.uniqueid, None)
            channel.bridge = None

    # -- calls -----------------------------------------------------------------------

    def open_record(self, uniqueid, start) -> Record:
        """Open a call, which is not told to anyone yet."""
        record = Record(Call(uniqueid, start_date=start), self.clock())
        record.last_words = start
        self.records[uniqueid] = record
        return record

    def touch(self, record):
        """Note that a call has changed."""
        if record.is_reported:
            self.changed[record.call.uniqueid] = record

    def report(self, record):
        """From now on the call is told to the outside."""
        record.is_reported = True
        self.touch(record)

    def leg(self, channel) -> Leg:
        """Return the leg of a telephone's channel, new or known."""
        leg = channel.leg
        if leg is None:
            number = "" if channel.extension else known(channel.caller_number)
            if is_withheld(number):
                number = ""
            leg = Leg(
                channel.uniqueid,
                channel.name,
                channel.extension,
                number,
                start_date=channel.start,
            )
            channel.leg = leg
            legs = channel.record.call.legs
            legs[channel.uniqueid] = leg
            if len(legs) > MAX_LEGS:
                self._drop_a_leg(channel.record)
            self.touch(channel.record)
        return leg

    def _drop_a_leg(self, record):
        for uniqueid, leg in record.call.legs.items():
            if leg.state is State.ENDED and leg.answer_date is None:
                del record.call.legs[uniqueid]
                record.called.pop(uniqueid, None)
                return

    def set_caller(self, channel):
        """Note the party that a call began with, if it is not known yet."""
        record = channel.record
        if record.caller is not None or channel.is_local:
            return
        record.caller = channel
        call = record.call
        if not channel.extension:
            channel.extension = self.dialplan.guess_caller(
                channel.parsed, channel.caller_number
            )
        self.leg(channel)
        if record.is_click:
            return
        if not record.is_originated:
            call.dialed_number = "" if channel.exten == "s" else channel.exten
        if channel.extension:
            call.direction = Direction.OUTBOUND
            call.number = call.dialed_number
            call.extension = channel.extension
            return
        self.set_caller_id(channel)
        if self.dialplan.is_internal(call.number):  # from a PBX that is ours as well
            call.direction = Direction.INTERNAL
        record.is_settled = True
        self.report(record)

    def set_caller_id(self, channel):
        """Take over the number and name that a calling outside party presents."""
        call = channel.record.call
        number, name = channel.caller_number, known(channel.caller_name)
        call.withheld = is_withheld(number)
        call.number = channel.leg.number = "" if call.withheld else number
        call.caller_name = "" if call.withheld or name == number else name
        self.touch(channel.record)

    def settle(self, record, called=None, dial_string=""):
        """Decide, at its first called party, whom a call from within is with.

        :param called: the channel called, None for a queue or a conference
        """
        call = record.call
        if record.is_settled or record.caller is None:
            return
        record.is_settled = True
        caller = record.caller
        within = called is None or called.extension
        if within or self.dialplan.is_internal(call.dialed_number):
            call.direction = Direction.INTERNAL
            call.number = caller.extension
            call.caller_name = known(caller.caller_name)
            call.extension = ""
        else:
            call.direction = Direction.OUTBOUND
            number = dialled_number(dial_string) or known(called.caller_number)
            call.number = number or call.number
        self.report(record)

    def ring(self, channel, dial_string=""):
        """Note that a telephone is being called for the call that it is part of."""
        record = channel.record
        if not channel.extension:
            channel.extension = self.dialplan.guess_called(channel.parsed, dial_string)
        leg = self.leg(channel)
        leg.extension = channel.extension
        if channel.extension:
            leg.number = ""
        else:
            leg.number = dialled_number(dial_string) or leg.number
        self.touch(record)
        if channel is record.caller:
            return
        if self._is_own_phone(channel):
            self.set_caller(channel)
            return
        record.called[channel.uniqueid] = leg
        if record.caller is None and record.is_originated:
            self._settle_outside_first(record, leg)
        self.settle(record, channel, dial_string)
        self._name_the_only_one(record)

    def _is_own_phone(self, channel):
        """Whether the PBX rings the one on whose behalf it then calls another."""
        record = channel.record
        if not record.is_originated or not channel.extension:
            return False
        if record.is_click:
            return channel.extension == record.agent
        return record.caller is None and not record.called

    def _settle_outside_first(self, record, leg):
        """The PBX calls an outside party on its own, to join it with somebody after."""
        if not record.is_settled:
            record.is_settled = True
            record.call.direction = Direction.OUTBOUND
            record.call.number = leg.number
            self.report(record)

    def pick_up(self, channel, now):
        """Note that the telephone of whom a call is made for was picked up."""
        record, leg = channel.record, channel.leg
        if not record.is_originated or leg is None or leg.answer_date:
            return
        if channel is record.caller or self._is_own_phone(channel):
            record.caller = channel
            leg.state, leg.answer_date = State.ONGOING, now
            self.touch(record)

    def _name_the_only_one(self, record):
        call = record.call
        if call.answer_date or call.direction is Direction.OUTBOUND:
            return
        rung = {leg.extension for leg in record.called.values()}
        call.extension = rung.pop() if len(rung) == 1 else ""

    # -- talking ---------------------------------------------------------------------

    def talkers(self, bridge) -> list[Channel]:
        """Return the telephones that hear each other in a bridge.

        Local channels lead on to the bridge of their other half.
        """
        if bridge is None or bridge.is_holding:
            return []
        found, seen, todo = [], {id(bridge)}, [bridge]
        while todo:
            for channel in todo.pop().members.values():
                if not channel.is_local:
                    found.append(channel)
                    continue
                for half in self.locals.get(channel.parsed.device, {}).values():
                    other = half.bridge
                    if other and not other.is_holding and id(other) not in seen:
                        seen.add(id(other))
                        todo.append(other)
        return found

    def talk(self, bridge, now):
        """Note who talks with whom after somebody entered a bridge."""
        channels = self.talkers(bridge)
        if len(channels) < 2:
            return
        if not bridge.is_conference:
            self._join_calls(channels, now)
        for channel in channels:
            self._start_talk(channel, now)
        for record in {id(c.record): c.record for c in channels}.values():
            self._note_who_handles(record, channels)

    def _start_talk(self, channel, now):
        record, call = channel.record, channel.record.call
        leg = self.leg(channel)
        if leg.answer_date is None or leg.state is State.RINGING:
            leg.answer_date = leg.answer_date or now
            leg.state = State.ONGOING
            self.touch(record)
        record.last_words = now
        if call.answer_date is None:
            self.settle(record)
            call.answer_date = now
            call.state = State.ONGOING
            self.touch(record)

    def _note_who_handles(self, record, channels):
        """Whoever talks with the other party handles the call; a colleague who is only
        consulted does not."""
        mine = record.channels.values()
        outside = [c for c in mine if c.leg is not None and not c.extension]
        if outside and not any(channel in outside for channel in channels):
            return
        for channel in channels:
            if channel.record is not record or channel.met_customer:
                continue
            channel.met_customer = True
            if channel.extension and channel is not record.caller:
                record.call.extension = channel.extension
                self.touch(record)

    def _join_calls(self, channels, now):
        records = {id(c.record): c.record for c in channels}
        if len(records) < 2:
            return
        main = self.main_of(records.values())
        for channel in channels:
            self.move(channel, main, now)

    def main_of(self, records) -> Record:
        """Return the call that lives on when several are joined: the one with the
        outside, else the oldest."""
        return min(records, key=_rank)

    def move(self, channel, record, now):
        """Make a channel of one call part of another: a transfer, a pick-up.

        The call that it leaves keeps its share of it as something past, and ends if it
        has nothing else.
        """
        old = channel.record
        if old is record:
            return
        del old.channels[channel.uniqueid]
        self.attach(channel, record)
        if channel.leg is not None:
            self._move_leg(channel, old, now)
        if old.caller is channel:
            old.caller = None
        channel.met_customer = False
        self.touch(old)
        self.touch(record)
        if not old.channels:
            self.end(old, now)

    def _move_leg(self, channel, old, now):
        leg, record = channel.leg, channel.record
        record.call.legs[channel.uniqueid] = leg
        record.called[channel.uniqueid] = leg
        old.call.legs.pop(channel.uniqueid, None)
        was_called = old.called.pop(channel.uniqueid, None) is not None
        old.is_handed_over = True
        if old.is_reported:
            past = copy(leg)
            self._close_leg(past, now, channel)
            old.call.legs[channel.uniqueid] = past
            if was_called:
                old.called[channel.uniqueid] = past

    # -- the end ---------------------------------------------------------------------

    def hang_up(self, channel, now, cause=None):
        """Note that a channel is gone, and the call with its last one."""
        record = channel.record
        self.forget_channel(channel)
        if channel.leg is not None:
            channel.leg.hangup_cause = cause
            self._close_leg(channel.leg, now, channel)
            self.touch(record)
        if not channel.is_local:
            record.last_words = now
        if record.is_open and not record.channels:
            self.end(record, record.last_words, cause)

    def _close_leg(self, leg, now, channel):
        if leg.state is not State.ENDED:
            leg.state = State.ENDED
            leg.end_date = now
        leg.on_hold = False
        if leg.answer_date:
            leg.outcome = Outcome.ANSWERED
        elif channel.is_dialled:
            said = Outcome.CANCELLED if channel.answered else leg.outcome
            leg.outcome = outcomes.unanswered_leg(said, leg.hangup_cause)

    def end(self, record, now, cause=None):
        """End a call: judge it, tell it once more, and forget it."""
        call = record.call
        called = list(record.called.values())
        for channel in list(record.channels.values()):
            if channel.leg is not None:
                self._close_leg(channel.leg, now, channel)
            self.forget_channel(channel)
        call.state = State.ENDED
        call.end_date = max(now, call.start_date)
        call.hangup_cause = cause
        if called and not call.answer_date and called[-1].hangup_cause is not None:
            call.hangup_cause = called[-1].hangup_cause
        call.outcome = self._judge(record, called)
        self._settle_unheard(record)
        self.touch(record)
        self.records.pop(call.uniqueid, None)
        for link in record.links:
            if self.links.get(link) is record:
                del self.links[link]

    def _judge(self, record, called):
        if record.is_click and not record.call.answer_date and not called:
            return self._judge_own_phone(record)
        outcome = outcomes.call_outcome(record.call, called)
        if record.is_handed_over and outcome is Outcome.MISSED:
            return Outcome.CANCELLED  # transferred before the answer
        return outcome

    def _judge_own_phone(self, record):
        """Nobody was rung but the one who clicked: cancelled if the phone was not
        picked up, failed if it could not ring or the PBX then called nobody."""
        own = [(leg.answer_date, leg.outcome) for leg in record.call.legs.values()]
        failed = all(answered or said is Outcome.FAILED for answered, said in own)
        return Outcome.FAILED if failed else Outcome.CANCELLED

    def _settle_unheard(self, record):
        """A call from within that called nobody: tell it if it tried to."""
        call = record.call
        if record.is_reported or record.caller is None or record.is_handed_over:
            return
        caller = record.caller
        if caller.is_up or record.is_originated or is_feature_code(call.dialed_number):
            return
        if call.dialed_number:
            if self.dialplan.is_internal(call.dialed_number):
                call.direction, call.number = Direction.INTERNAL, caller.extension
                call.extension = ""
            call.outcome = Outcome.FAILED
            self.report(record)

    def forget_empty_bridges(self):
        """Let go of bridges whose end was not told."""
        self.bridges = {k: each for k, each in self.bridges.items() if each.members}

    def snapshot(self, record, revision) -> Call:
        """Return a copy of a call as it stands."""
        legs = {uniqueid: copy(leg) for uniqueid, leg in record.call.legs.items()}
        return replace(record.call, revision=revision, legs=legs)


def _time_stamp(event):
    try:
        return EPOCH + timedelta(seconds=float(event["Timestamp"]))
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _rank(record):
    call = record.call
    is_internal = call.direction is Direction.INTERNAL or not record.is_reported
    return is_internal, call.start_date, call.uniqueid
