"""Who talks with whom: bridges, conferences and pick-ups."""

from . import agents, talking
from .entities import Bridge
from .state import Board


def on_bridge_create(board: Board, event: dict):
    """A room is opened."""
    _bridge(board, event)


def on_bridge_enter(board: Board, event: dict):
    """A channel enters a room: those in it talk, unless they only wait."""
    channel = board.channel(event)
    bridge = _bridge(board, event)
    if channel is None or bridge is None:
        return
    if channel.bridge is not bridge:
        board.leave_bridge(channel)
        _meet(channel, bridge)
        channel.bridge = bridge
        bridge.members[channel.uniqueid] = channel
        if bridge.is_for_agents:
            agents.wait_for_callers(board, channel, board.time(event))
    talking.talk(board, bridge, board.time(event))


def _meet(channel, bridge):
    """Note whom a channel came to: transfers do not always say whom they join."""
    channel.met = list(bridge.members.values())
    for other in channel.met:
        other.met = other.met or [channel]


def on_bridge_leave(board: Board, event: dict):
    """A channel leaves a room; it may well enter another."""
    channel = board.channels.get(event.get("Uniqueid"))
    if channel is not None and channel.bridge is not None:
        if board.bridges.get(event.get("BridgeUniqueid")) is channel.bridge:
            if channel.bridge.is_for_agents:
                agents.meet_caller(channel, board.time(event))
            board.leave_bridge(channel)


def on_bridge_destroy(board: Board, event: dict):
    """A room is closed."""
    bridge = board.bridges.pop(event.get("BridgeUniqueid"), None)
    if bridge is not None:
        for channel in bridge.members.values():
            channel.bridge = None


def bridge_of(board: Board, uniqueid: str | None, event: dict) -> Bridge | None:
    """Return the room of that id, opened as an event describes it if it is new."""
    if not uniqueid:
        return None
    bridge = board.bridges.get(uniqueid)
    if bridge is None:
        bridge = Bridge(event.get("BridgeTechnology"), event.get("BridgeCreator"))
        board.bridges[uniqueid] = bridge
    return bridge


def _bridge(board, event):
    return bridge_of(board, event.get("BridgeUniqueid"), event)


HANDLERS = {
    "BridgeCreate": on_bridge_create,
    "BridgeEnter": on_bridge_enter,
    "BridgeLeave": on_bridge_leave,
    "BridgeDestroy": on_bridge_destroy,
}
