"""Who talks with whom: bridges, conferences and pick-ups."""

from . import agents, consulting, talking, transfers
from .entities import Bridge
from .state import MAX_CHANNELS, PbxState


def on_bridge_create(pbx: PbxState, event: dict):
    """A room is opened."""
    _bridge(pbx, event)


def on_bridge_enter(pbx: PbxState, event: dict):
    """A channel enters a room: those in it talk, unless they only wait."""
    channel = pbx.channel(event)
    bridge = _bridge(pbx, event)
    if channel is None or bridge is None:
        return
    if channel.bridge is not bridge:
        pbx.leave_bridge(channel)
        _set_first_peers(channel, bridge)
        channel.bridge = bridge
        bridge.members[channel.uniqueid] = channel
        if bridge.is_for_agents:
            agents.wait_for_callers(pbx, channel, pbx.time(event))
        consulting.enter(pbx, channel, bridge)
    talking.talk(pbx, bridge, pbx.time(event))


def _set_first_peers(channel, bridge):
    """Record whom a channel came to: transfers do not always say whom they join."""
    channel.first_peers = list(bridge.members.values())
    for other in channel.first_peers:
        other.first_peers = other.first_peers or [channel]


def on_bridge_leave(pbx: PbxState, event: dict):
    """A channel leaves a room; it may well enter another."""
    channel = pbx.channels.get(event.get("Uniqueid"))
    if channel is not None and channel.bridge is not None:
        if pbx.bridges.get(event.get("BridgeUniqueid")) is channel.bridge:
            if channel.bridge.is_for_agents:
                agents.start_call(channel, pbx.time(event))
            transfers.leave_parking(pbx, channel)
            channel.left_bridge = channel.bridge
            pbx.leave_bridge(channel)


def on_bridge_destroy(pbx: PbxState, event: dict):
    """A room is closed."""
    bridge = pbx.bridges.pop(event.get("BridgeUniqueid"), None)
    if bridge is not None:
        for channel in bridge.members.values():
            channel.bridge = None


def bridge_of(pbx: PbxState, uniqueid: str | None, event: dict) -> Bridge | None:
    """Return the room of that id, opened as an event describes it if it is new."""
    if not uniqueid:
        return None
    bridge = pbx.bridges.get(uniqueid)
    if bridge is None and len(pbx.bridges) >= MAX_CHANNELS:
        pbx.is_full = True
    elif bridge is None:
        bridge = Bridge(event.get("BridgeTechnology"), event.get("BridgeCreator"))
        pbx.bridges[uniqueid] = bridge
    return bridge


def _bridge(pbx, event):
    return bridge_of(pbx, event.get("BridgeUniqueid"), event)


HANDLERS = {
    "BridgeCreate": on_bridge_create,
    "BridgeEnter": on_bridge_enter,
    "BridgeLeave": on_bridge_leave,
    "BridgeDestroy": on_bridge_destroy,
}
