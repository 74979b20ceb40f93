"""What is true of calls and of the tracker's tables, whatever was sent."""

from .events import load

State = load("engine.call").State
Outcome = load("engine.call").Outcome
state = load("ami.state")


def check_call(call):
    """See that a call that the tracker reports makes sense."""
    assert call.start_date is not None
    assert (call.state is State.ENDED) == (call.end_date is not None), call
    assert (call.state is State.ENDED) == (call.outcome is not None), call
    assert call.state is not State.ONGOING or call.answer_date, call
    check_order(call)
    assert len(call.legs) <= state.MAX_LEGS, len(call.legs)
    for uniqueid, leg in call.legs.items():
        assert leg.uniqueid == uniqueid
        check_leg(call, leg)
    if call.state is State.ENDED:
        assert call.queue_date is None and call.parking_date is None, call
        assert not call.parking_space
    assert (call.parking_date is None) == (not call.parking_space), call


def check_order(one):
    """See that the moments of a call or a leg come in their order."""
    moments = [one.start_date, one.answer_date, one.end_date]
    moments = [moment for moment in moments if moment is not None]
    assert moments == sorted(moments), one


def check_leg(call, leg):
    """See that a leg makes sense in its call."""
    assert leg.start_date is not None, leg
    check_order(leg)
    assert (leg.state is State.ENDED) == (leg.end_date is not None), leg
    assert leg.state is not State.ONGOING or leg.answer_date, leg
    if leg.state is State.ENDED:
        assert not leg.on_hold and leg.consultation is None, leg
        if leg.answer_date:
            assert leg.outcome is Outcome.ANSWERED, leg
    else:
        assert call.state is not State.ENDED, f"a leg outlives its call: {leg}"
    if call.state is State.ENDED:
        assert leg.end_date <= call.end_date, f"a leg outlives its call: {leg}, {call}"


def check_tables(pbx):
    """See that a tracker's tables agree with each other."""
    for uniqueid, tracked in pbx.tracked_calls.items():
        assert tracked.call.uniqueid == uniqueid
        assert tracked.is_open, tracked.call
        for each, channel in tracked.channels.items():
            assert pbx.channels.get(each) is channel, f"{each} is gone"
            assert channel.tracked is tracked
    for uniqueid, channel in pbx.channels.items():
        tracked = channel.tracked
        assert pbx.tracked_calls.get(tracked.call.uniqueid) is tracked, uniqueid
        assert tracked.channels.get(uniqueid) is channel, uniqueid
        if channel.leg is not None:
            assert tracked.call.legs.get(uniqueid) in (channel.leg, None), uniqueid
        if channel.bridge is not None:
            assert channel.bridge.members.get(uniqueid) is channel, uniqueid
    for bridge in pbx.bridges.values():
        for uniqueid, channel in bridge.members.items():
            assert pbx.channels.get(uniqueid) is channel, f"{uniqueid} is gone"
            assert channel.bridge is bridge
    for halves in pbx.locals.values():
        assert halves and halves.keys() <= pbx.channels.keys()
    for link, tracked in pbx.linkedids.items():
        assert pbx.tracked_calls.get(tracked.call.uniqueid) is tracked, link
        assert link in tracked.linkedids, link
    assert len(pbx.gone) <= state.MAX_GONE
    assert len(pbx.clicks) <= state.MAX_CLICKS
    assert len(pbx.inquiries) <= state.MAX_INQUIRIES


def check_empty(pbx):
    """See that nothing is left of calls that are all over."""
    for name in ("channels", "tracked_calls", "linkedids", "locals", "bridges"):
        assert not getattr(pbx, name), (name, getattr(pbx, name))
    assert not pbx.consulting, pbx.consulting
    assert not pbx.deferred, pbx.deferred
