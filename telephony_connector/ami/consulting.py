"""Attended transfers: a party is consulted while the other one waits.

The PBX tells of it in no event of its own. It shows in where the channels are: the
transferer's telephone left somebody alone in a bridge and is in another one with a
Local channel that calls the consulted party. That is the same whether Odoo asked for it
(Atxfer) or a code that was dialed on the telephone.
"""

from collections.abc import Iterable

from ..engine.call import Consultation, State
from . import talking
from .entities import Bridge, Channel, Consulting
from .state import PbxState


def enter(pbx: PbxState, channel: Channel, bridge: Bridge):
    """Notice that a telephone leaves somebody waiting to consult another party."""
    waiting, channel.left_bridge = channel.left_bridge, None
    if waiting is None or waiting is bridge or not waiting.members:
        return
    if _is_telephone(channel):
        _begin(pbx, channel, bridge, waiting)


def _is_telephone(channel):
    leg = channel.leg
    return bool(channel.extension and leg is not None and leg.answer_date)


def _begin(pbx, channel, bridge, waiting):
    if any(each.is_holding or each.is_conference for each in (bridge, waiting)):
        return
    calling = [each for each in bridge.members.values() if _is_near_half(each)]
    for local in calling:
        # Where both halves of a Local channel are about to be left out, nobody is
        # consulted.
        if not any(half.bridge is waiting for half in pbx.halves(local)):
            pbx.consulting[channel.uniqueid] = Consulting(channel, bridge, waiting)
            channel.leg.consulted = local.parsed.number
            return


def _is_near_half(channel):
    return channel.is_local and not channel.is_far_half


def find(pbx: PbxState):
    """Notice the consultations that began while nobody listened."""
    for tracked in pbx.tracked_calls.values():
        bridges = {id(c.bridge): c.bridge for c in tracked.channels.values()}
        alone = [
            bridge
            for bridge in bridges.values()
            if bridge is not None and _is_left_alone(pbx, bridge)
        ]
        for channel in list(tracked.channels.values()):
            if channel.bridge is None or channel.uniqueid in pbx.consulting:
                continue
            if len(alone) == 1 and channel.bridge is not alone[0]:
                if _is_telephone(channel):
                    _begin(pbx, channel, channel.bridge, alone[0])
    review(pbx)


def _is_left_alone(pbx, bridge):
    talkers = talking.talkers(pbx, bridge)
    return len(talkers) == 1 and talkers[0].bridge is bridge


def join(pbx: PbxState, channel: Channel):
    """Notice that the transferer joined all parties to a conference."""
    leg = channel.leg
    if leg is None or channel.bridge is None:
        return
    parties = talking.talkers(pbx, channel.bridge)
    pbx.consulting[channel.uniqueid] = Consulting(
        channel, channel.bridge, None, frozenset(each.uniqueid for each in parties)
    )


def review(pbx: PbxState):
    """Bring what the legs say of consultations in line with where the channels are."""
    for uniqueid, consulting in list(pbx.consulting.items()):
        state = _get_state(pbx, consulting)
        if state is None:
            del pbx.consulting[uniqueid]
        leg, tracked = consulting.channel.leg, consulting.channel.tracked
        if leg is None or leg.state is State.ENDED or leg.consultation is state:
            continue
        leg.consultation = state
        pbx.mark_changed(tracked)


def _get_state(pbx, consulting):
    channel, bridge = consulting.channel, consulting.bridge
    if channel.uniqueid not in pbx.channels or channel.bridge is not bridge:
        return None
    if consulting.waiting is None:
        left = [each for each in consulting.parties if each in pbx.channels]
        return Consultation.CONFERENCE if len(left) > 2 else None
    if not consulting.waiting.members or len(bridge.members) < 2:
        return None
    return Consultation.ONGOING if _answered(pbx, consulting) else Consultation.RINGING


def _answered(pbx, consulting):
    others = _others(consulting.bridge.members.values(), consulting.channel)
    return any(other.is_up for other in others)


def _others(members: Iterable[Channel], channel):
    return [each for each in members if each is not channel]
