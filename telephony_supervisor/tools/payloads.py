"""What the live board is sent: keys and types, in one place.

The typedefs of the same names in ``static/src`` are compared with these
(``tests/test_payloads.py``), and so is what ``telephony.board.get_state`` returns.
"""

from typing import TypedDict

from odoo.addons.telephony_connector.tools.payloads import (
    NOTHING,
    CallDirection,
    CallState,
)


class BoardPbx(TypedDict):
    """A telephone system."""

    id: int
    name: str
    fault: str | NOTHING
    actions: list[str]


class BoardQueue(TypedDict):
    """A queue: since when callers wait, and today's calls."""

    id: int
    pbx_id: int
    name: str
    waiting: list[str]
    answered: int
    missed: int


class BoardAgent(TypedDict):
    """An extension's agent."""

    id: int
    pbx_id: int
    number: str
    name: str
    is_mine: bool
    team_ids: list[int]
    availability: str | NOTHING
    since: str | NOTHING
    queues: list[str]
    paused_queues: list[str]
    reason: str | NOTHING


class BoardCall(TypedDict):
    """A call that rings or runs."""

    id: int
    pbx_id: int
    direction: CallDirection
    state: CallState
    number: str
    contact: str | NOTHING
    queue: str | NOTHING
    waits: bool
    since: str | NOTHING
    talking: list[int]
    ringing: list[int]


class BoardTeam(TypedDict):
    """A sales team that agents are in."""

    id: int
    name: str


class BoardState(TypedDict):
    """All that the board shows."""

    pbxs: list[BoardPbx]
    queues: list[BoardQueue]
    agents: list[BoardAgent]
    calls: list[BoardCall]
    teams: list[BoardTeam]
