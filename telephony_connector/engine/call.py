"""A telephone call as a whole: the language between the sources of calls and the door.

Every source (the AMI tracker, a webhook, a URL) describes a call in these words, and
``telephony.call._apply`` reads them. Times are naive UTC datetimes, as in Odoo.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Seen from the company: where the call comes from and where it goes to."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class State(StrEnum):
    """A call only moves forward through these, in this order."""

    RINGING = "ringing"
    ONGOING = "ongoing"
    ENDED = "ended"

    @property
    def rank(self) -> int:
        return STATE_ORDER.index(self)


STATE_ORDER = (State.RINGING, State.ONGOING, State.ENDED)


class Outcome(StrEnum):
    """How an ended call went, seen from the company.

    Inbound: *answered* = bridged with a person (a caller waiting in a queue is not
    answered), *missed* = nobody answered, whoever ended it, *busy* and *declined* = the
    called side said so. Outbound: *cancelled* = our side gave up before the answer,
    *failed* = it never reached the other party. Either: *unknown* = nobody reported how
    it went.
    """

    ANSWERED = "answered"
    MISSED = "missed"
    BUSY = "busy"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Consultation(StrEnum):
    """How far a party has come with an attended transfer."""

    RINGING = "ringing"
    ONGOING = "ongoing"
    CONFERENCE = "conference"


@dataclass(slots=True)
class Leg:
    """One party's share of a call: one channel of one telephone.

    ``extension`` is the internal number of the party, empty for an outside party, whose
    number stands in ``number``. ``answered_unseen`` says that nobody heard it being
    picked up. ``consultation`` is set while the party consults ``consulted``, the
    number of another party, and the call's other party waits. ``outcome`` of a leg is
    ``cancelled`` where another phone answered first or the caller gave up while it
    rang; an ended leg has none where it is the caller's, who was not rung, and nobody
    answered.
    """

    uniqueid: str
    channel: str = ""
    extension: str = ""
    number: str = ""
    state: State = State.RINGING
    outcome: Outcome | None = None
    start_date: datetime | None = None
    answer_date: datetime | None = None
    end_date: datetime | None = None
    hangup_cause: int | None = None
    transferred_to: str = ""
    consultation: Consultation | None = None
    consulted: str = ""
    on_hold: bool = False
    answered_unseen: bool = False


@dataclass(slots=True)
class Call:
    """One call from its first ring to its end, whatever became of it on the way.

    ``uniqueid`` is unique within its PBX: the id of the first channel; our own
    ChannelId for a click-to-call. ``number`` is the other party's, as the PBX presented
    it (the caller's extension for an internal call), empty and ``withheld`` where the
    caller hides it. ``extension`` is the internal number of who handled the call: who
    answered (or took it over) last, else the only one that was rung, else empty.
    ``queue_date`` is when the caller began to wait in ``queue``, None where they do
    not or no longer. ``parking_space`` is where the other party is parked, since
    ``parking_date``; empty where they are not. ``diverted_from`` names the number that
    the call was forwarded by, where the PBX tells it. ``recorded`` says that a
    recording was begun, ``recording_file`` where the PBX keeps it; ``voicemail_file``
    is the message left, without its extension, and ``voicemail_duration`` its length in
    seconds.
    ``incomplete`` marks a call of which a part was not seen. ``is_answer_sought`` says
    that ``answer_date`` is a guess while the PBX is asked for it.
    """

    uniqueid: str
    direction: Direction = Direction.INBOUND
    state: State = State.RINGING
    outcome: Outcome | None = None
    number: str = ""
    caller_name: str = ""
    withheld: bool = False
    dialed_number: str = ""
    extension: str = ""
    queue: str = ""
    queue_date: datetime | None = None
    parking_space: str = ""
    parking_date: datetime | None = None
    diverted_from: str = ""
    start_date: datetime | None = None
    answer_date: datetime | None = None
    end_date: datetime | None = None
    hangup_cause: int | None = None
    voicemail: bool = False
    voicemail_duration: int | None = None
    voicemail_file: str = ""
    recorded: bool = False
    recording_file: str = ""
    incomplete: bool = False
    is_answer_sought: bool = False
    revision: int = 0
    legs: dict[str, Leg] = field(default_factory=dict)

    def changes(self) -> dict:
        """The whole call as a plain dict, in the form that the door takes.

        :return: field name → value; ``legs`` is a list of dicts of the same kind
        """
        values = asdict(self)
        values["legs"] = list(values["legs"].values())
        if values.pop("is_answer_sought") and self.state is not State.ENDED:
            values["answer_date"] = None
        return values
