"""What the web client is sent of calls: keys and types, in one place.

The typedefs of the same names in ``static/src`` are compared with these
(``tests/test_payloads.py``), and so is what the methods return.
"""

from typing import Literal, TypedDict

from ..engine.call import Direction, State

NOTHING = Literal[False]
CallDirection = Literal[tuple(each.value for each in Direction)]
CallState = Literal[tuple(each.value for each in State)]


class CallPayload(TypedDict):
    """What the bus sends of a call: ``telephony.client._prepare_payload``."""

    id: int
    revision: int
    direction: CallDirection
    is_incoming: bool
    state: CallState
    outcome: str | NOTHING
    leg_state: CallState
    progress: Literal["own_phone", "calling", "ringing", "ongoing", "ended"]
    on_hold: bool
    consultation: Literal["ringing", "ongoing", "conference"] | NOTHING
    transfer: Literal["ringing", "ongoing"] | NOTHING
    parking_space: str | NOTHING
    user_id: int | NOTHING
    show_card: bool
    open_page: bool
    registration_revision: int


class Named(TypedDict):
    """What names a record: ``telephony.client._describe``."""

    model: str
    id: int
    name: str
    model_name: str


class Match(Named):
    """A record that has the caller's number."""

    exact: bool
    reason: str


class Card(CallPayload):
    """What a card shows of a call: ``telephony.card._prepare_card``."""

    title: str
    number: str | NOTHING
    number_display: str
    colleague: str | NOTHING
    caller_name: str | NOTHING
    withheld: bool
    dialed_number: str | NOTHING
    diverted_from: str | NOTHING
    queue: str | NOTHING
    pbx_name: str
    controls: list[str]
    consulted: str | NOTHING
    transferred_to: str | NOTHING
    answered_by: str | NOTHING
    start_date: str | NOTHING
    answer_date: str | NOTHING
    object: Named | NOTHING
    matches: list[Match]
    match_count: int
    hidden: bool
    new_kinds: list[str]
    blocked: str | NOTHING


class LastCall(TypedDict):
    """The last call with a record."""

    date: str | NOTHING
    user: str | NOTHING
    outcome: str | NOTHING
    is_missed: bool


class CardDetails(TypedDict):
    """What one wants to know of a caller: ``telephony.card._get_card_facts``."""

    company: str | NOTHING
    city: str | NOTHING
    salesperson: str | NOTHING
    tags: list[str]
    deals: str | NOTHING
    last_call: LastCall | NOTHING
    last_note: str | NOTHING


class SectionLine(TypedDict):
    """One line of a section: opens the record that ``model`` and ``id`` name."""

    key: int
    model: str
    id: int
    name: str
    text: str
    note: str
    is_late: bool


class Section(TypedDict):
    """What is open with a customer or happened last: ``telephony.customer``."""

    key: str
    title: str
    icon: str
    count: int
    more: dict | NOTHING
    lines: list[SectionLine]


class Disposition(TypedDict):
    """A result to choose."""

    id: int
    name: str


class MissedCaller(TypedDict):
    """Whom to call next."""

    id: int
    number: str
    name: str


class WrapUp(TypedDict):
    """What is left to do after a call: ``telephony.card.read_wrap_up``."""

    id: int
    name: str
    number: str | NOTHING
    number_display: str
    direction: CallDirection
    outcome_text: str
    duration: int
    object: Named | NOTHING
    disposition_id: int | NOTHING
    dispositions: list[Disposition]
    revision: int
    can_retry: bool
    next_missed: MissedCaller | NOTHING


class CommandPayload(TypedDict):
    """What the bus sends of a command: ``telephony.command._prepare_payload``."""

    id: int
    call_id: int | NOTHING
    action: str
    state: Literal["pending", "sent", "done", "failed", "expired"]
    code: str | NOTHING
    message: str
    expires_in: float
