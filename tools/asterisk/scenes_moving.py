"""Calls that go from one person to another: transfers, forwarding, parking, pick-up,
conferences. Each scene takes a Stage."""

from stage import (
    CALLER,
    CONFERENCE,
    FOLLOW_ME,
    FOLLOW_ME_APP,
    LINE,
    MOBILE,
    OWN_MOBILE,
)


async def _consult(s, answer=True):
    """PSTN talks with 1001, who asks 1002 first; return all four ends."""
    out, call = await s.talk_with_alice()
    await call.hold()
    return out, call, *await s.consult_bruno(answer)


async def _consult_by_ami(s):
    """PSTN talks with 1001; AMI Atxfer to 1002, who answers; return the three ends and
    the name of 1001's channel."""
    out, call = await s.talk_with_alice()
    name = await s.channel("PJSIP/1001")
    await s.ami.action("Atxfer", Channel=name, Context="from-internal", Exten="1002")
    target = await s.bruno.incoming()
    await target.answer()
    await s.pause()
    return out, call, target, name


async def _park(s, timeout=30000):
    """PSTN talks with 1001; AMI Park, for so many milliseconds; return both ends."""
    out, call = await s.talk_with_alice()
    mine, theirs = await s.channel("PJSIP/1001"), await s.channel("PJSIP/trunk")
    await s.ami.action("Park", Channel=theirs, TimeoutChannel=mine, Timeout=timeout)
    return out, call


async def _pick_up(s, code):
    """PSTN calls 1001, which rings; 1002 takes the call by a code."""
    out = s.pstn.call(LINE, caller=CALLER)
    ringing = await s.alice.incoming()
    await s.pause(0.5)
    taker = s.bruno.call(code)
    await taker.answered()
    await ringing.ended()
    await s.talk(out, taker)


async def attended_by_phone(s):
    """PSTN talks with 1001, who asks 1002 first and then transfers (REFER,
    Replaces)."""
    out, call, second, target = await _consult(s)
    await s.pause()
    await call.refer_replacing(second)
    await s.talk(target, out)


async def attended_swapped(s):
    """1001 talks with 1002, then PSTN calls 1001, who joins the two by transferring the
    first call to the second."""
    first, colleague = await s.consult_bruno()
    await first.hold()
    out = s.pstn.call(LINE, caller=CALLER)
    call = await s.alice.incoming()
    await call.answer()
    await s.pause()
    await first.refer_replacing(call)
    await s.talk(out, colleague)


async def blonde_by_phone(s):
    """PSTN talks with 1001, who transfers to 1002 while that still rings; 1002
    answers."""
    out, call, second, target = await _consult(s, answer=False)
    await call.refer_replacing(second)
    await s.pause()
    await target.answer()
    await s.talk(out, target)


async def blonde_unanswered(s):
    """PSTN talks with 1001, who transfers to 1002 while that still rings; the caller
    gives up."""
    out, call, second, target = await _consult(s, answer=False)
    await call.refer_replacing(second)
    await s.talk(out, target)


async def attended_by_ami(s):
    """PSTN talks with 1001; AMI Atxfer to 1002, who answers; 1001 hangs up."""
    out, call, target, name = await _consult_by_ami(s)
    await call.hangup()
    await s.talk(out, target)


async def attended_by_ami_into_queue(s):
    """PSTN talks with 1001; AMI Atxfer to the queue, where 1002 is rung; 1001 hangs up,
    then 1002 answers."""
    out, call = await s.talk_with_alice()
    name = await s.channel("PJSIP/1001")
    await s.ami.action("Atxfer", Channel=name, Context="from-internal", Exten="700")
    target = await s.bruno.incoming()
    await s.pause()
    await call.hangup()
    await s.pause()
    await target.answer()
    await s.talk(out, target)


async def attended_by_ami_cancelled(s):
    """PSTN talks with 1001; AMI Atxfer to 1002, who answers; CancelAtxfer takes 1001
    back to the caller."""
    out, call, target, name = await _consult_by_ami(s)
    await s.ami.action("CancelAtxfer", Channel=name)
    await target.ended()
    await s.talk(out, call)


async def attended_by_ami_unanswered(s):
    """PSTN talks with 1001; AMI Atxfer to 1002, who declines: 1001 is back with the
    caller."""
    out, call = await s.talk_with_alice()
    name = await s.channel("PJSIP/1001")
    await s.ami.action("Atxfer", Channel=name, Context="from-internal", Exten="1002")
    (await s.bruno.incoming()).reject()
    await s.ami.event("Unhold")
    await s.talk(out, call)


async def attended_by_ami_blonde(s):
    """PSTN talks with 1001; AMI Atxfer to 1002, which rings; 1001 hangs up, then 1002
    answers."""
    out, call = await s.talk_with_alice()
    name = await s.channel("PJSIP/1001")
    await s.ami.action("Atxfer", Channel=name, Context="from-internal", Exten="1002")
    target = await s.bruno.incoming()
    await s.pause()
    await call.hangup()
    await s.pause()
    await target.answer()
    await s.talk(out, target)


async def attended_by_ami_caller_gone(s):
    """PSTN talks with 1001; AMI Atxfer to 1002, who answers; PSTN hangs up meanwhile;
    1001 and 1002 talk on."""
    out, call, target, name = await _consult_by_ami(s)
    await out.hangup()
    await s.talk(target, call)


async def attended_by_ami_conference(s):
    """PSTN talks with 1001; AMI Atxfer to 1002, who answers; *3, as if 1001 had dialed
    it, joins all three; 1001 leaves, then PSTN."""
    out, call, target, name = await _consult_by_ami(s)
    for digit in "*3":
        await s.ami.action("PlayDTMF", Channel=name, Digit=digit, Receive="true")
    await s.ami.event("AttendedTransfer")
    await s.pause()
    await call.hangup()
    await s.talk(out, target)


async def blind_by_ami(s):
    """PSTN talks with 1001; AMI BlindTransfer to 1002, who declines; so it ends."""
    out, call = await s.talk_with_alice()
    name = await s.channel("PJSIP/1001")
    await s.ami.action(
        "BlindTransfer", Channel=name, Context="from-internal", Exten="1002"
    )
    target = await s.bruno.incoming()
    await target.hangup()
    await out.ended()
    await call.ended()


async def forwarded_within(s):
    """PSTN calls 1001, whose telephone diverts to 1002 (302), who answers."""
    out = s.pstn.call(LINE, caller=CALLER)
    (await s.alice.incoming()).divert("1002")
    target = await s.bruno.incoming()
    await target.answer()
    await s.talk(out, target)


async def forwarded_outside(s):
    """PSTN calls 1001, whose telephone diverts to a mobile telephone, which answers."""
    out = s.pstn.call(LINE, caller=CALLER)
    (await s.alice.incoming()).divert(MOBILE)
    target = await s.pstn.incoming()
    await target.answer()
    await s.talk(out, target)


async def follow_me(s):
    """PSTN calls 1101, which the dial plan leads to a mobile telephone by a Local
    channel."""
    out = s.pstn.call(FOLLOW_ME, caller=CALLER)
    target = await s.pstn.incoming()
    await target.answer()
    await s.talk(out, target)


async def follow_me_unanswered(s):
    """PSTN calls a number for which FollowMe rings 1001 and 1002; both let it ring."""
    out = s.pstn.call(FOLLOW_ME_APP, caller=CALLER)
    await s.alice.incoming()
    await s.bruno.incoming()
    await out.ended()


async def own_phone_forwards(s, channel="PJSIP/1001", channel_id="own-1"):
    """Another program rings 1001, whose telephone diverts (302) to the agent's mobile
    telephone, which answers; then the customer's mobile telephone does."""
    await s.originate(MOBILE, channel=channel, channel_id=channel_id)
    (await s.alice.incoming()).divert(OWN_MOBILE)
    own = await s.pstn.incoming()
    await own.answer()
    other = await s.pstn.incoming()
    await s.pause(0.5)
    await other.answer()
    await s.talk(other, own)


async def own_phone_forwards_by_local(s):
    """The same where the extension is rung by Local/1001@from-internal."""
    await own_phone_forwards(s, "Local/1001@from-internal", "own-2")


async def own_phone_forwards_unanswered(s):
    """Another program rings 1001, whose telephone diverts to the agent's mobile
    telephone, which declines."""
    await s.originate(MOBILE)
    (await s.alice.incoming()).divert(OWN_MOBILE)
    await (await s.pstn.incoming()).hangup()
    await s.ami.event("OriginateResponse")


async def conference(s):
    """1001, then two callers, meet in the conference 800; 1001 leaves first."""
    first = s.alice.call("800")
    await first.answered()
    await s.pause()
    second = s.pstn.call(CONFERENCE, caller=CALLER)
    await second.answered()
    await s.pause(4)
    third = s.pstn.call(CONFERENCE, caller="+33687654321")
    await third.answered()
    await s.pause(5)
    await first.hangup()
    await second.hangup()
    await third.hangup()


async def parked(s):
    """PSTN talks with 1001; AMI Park; 1002 takes the caller back by dialing 751."""
    out, call = await _park(s)
    space = (await s.ami.event("ParkedCall"))["ParkingSpace"]
    await call.ended()
    await s.pause(2)
    taker = s.bruno.call(space)
    await taker.answered()
    await s.talk(out, taker)


async def parked_too_long(s):
    """PSTN talks with 1001; AMI Park for 2 s; 1001 is rung again and answers."""
    out, call = await _park(s, timeout=2000)
    await call.ended()
    again = await s.alice.incoming()
    await again.answer()
    await s.talk(out, again)


async def parked_gives_up(s):
    """PSTN talks with 1001; AMI Park; the caller hangs up while waiting."""
    out, call = await _park(s)
    await call.ended()
    await s.pause()
    await out.hangup()


async def picked_up(s):
    """PSTN calls 1001, which rings; 1002 takes the call by *8 (call group)."""
    await _pick_up(s, "*8")


async def picked_up_directed(s):
    """PSTN calls 1001, which rings; 1002 takes the call by *81001 (PickupChan)."""
    await _pick_up(s, "*81001")


async def spied_on(s):
    """PSTN talks with 1001; 1002 listens in by *31001 (ChanSpy)."""
    out, call = await s.talk_with_alice()
    spy = s.bruno.call("*31001")
    await spy.answered()
    await s.talk(out, call)
    await spy.hangup()


async def click_transferred(s):
    """Click to call: 1001 picks up, the mobile answers; 1001 asks 1002 and
    transfers."""
    call, other = await s.click(MOBILE)
    await other.answer()
    await s.pause(0.5)
    await call.hold()
    second, target = await s.consult_bruno()
    await s.pause(0.5)
    await call.refer_replacing(second)
    await s.talk(other, target)


SCENES = [
    spied_on,
    click_transferred,
    attended_by_phone,
    attended_swapped,
    blonde_by_phone,
    blonde_unanswered,
    attended_by_ami,
    attended_by_ami_into_queue,
    attended_by_ami_cancelled,
    attended_by_ami_unanswered,
    attended_by_ami_blonde,
    attended_by_ami_caller_gone,
    attended_by_ami_conference,
    blind_by_ami,
    forwarded_within,
    forwarded_outside,
    follow_me,
    follow_me_unanswered,
    own_phone_forwards,
    own_phone_forwards_by_local,
    own_phone_forwards_unanswered,
    conference,
    parked,
    parked_too_long,
    parked_gives_up,
    picked_up,
    picked_up_directed,
]
