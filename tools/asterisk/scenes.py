"""Calls that come in, are dialed or clicked, and how they end. Each takes a Stage."""

from stage import (
    CALLER,
    GROUP,
    LINE,
    LOCAL_GROUP,
    LOCAL_QUEUE,
    MOBILE,
    QUEUE,
    SHORT_GROUP,
    VOICEMAIL,
)


async def voicemail(s):
    """PSTN calls 1002, nobody answers, the caller leaves a message."""
    out = s.pstn.call(VOICEMAIL, caller=CALLER)
    ringing = await s.bruno.incoming()
    await ringing.ended()
    await out.answered()
    out.talk()
    await s.pause(18)
    await out.hangup()


async def voicemail_without_message(s):
    """PSTN calls 1002, nobody answers, the caller hangs up at the greeting."""
    out = s.pstn.call(VOICEMAIL, caller=CALLER)
    ringing = await s.bruno.incoming()
    await ringing.ended()
    await out.answered()
    await s.pause(0.5)
    await out.hangup()


async def group_by_local(s):
    """PSTN calls a ring group of Local channels; 1002 answers."""
    out = s.pstn.call(LOCAL_GROUP, caller=CALLER)
    await s.alice.incoming()
    call = await s.bruno.incoming()
    await s.pause(0.5)
    await call.answer()
    await s.talk(out, call)


async def group_by_local_optimised(s):
    """PSTN calls a ring group of Local channels; 1001 answers, and its Local channel
    vanishes from the talk."""
    out = s.pstn.call(LOCAL_GROUP, caller=CALLER)
    call = await s.alice.incoming()
    await s.bruno.incoming()
    await s.pause(0.5)
    await call.answer()
    await s.talk(out, call)


async def group_all_busy(s):
    """PSTN calls a ring group; both are busy."""
    s.alice.policy = s.bruno.policy = "busy"
    out = s.pstn.call(GROUP, caller=CALLER)
    await out.ended()
    s.alice.policy = s.bruno.policy = "ring"


async def group_by_local_unanswered(s):
    """PSTN calls a ring group of Local channels; both let it ring."""
    out = s.pstn.call(SHORT_GROUP, caller=CALLER)
    await s.alice.incoming()
    await s.bruno.incoming()
    await out.ended()


async def queue_by_local(s):
    """PSTN calls a queue of Local members; both let it ring for 1 s, then 1002
    answers."""
    out = s.pstn.call(LOCAL_QUEUE, caller=CALLER)
    await (await s.bruno.incoming()).ended()
    call = await s.bruno.incoming()
    await call.answer()
    await s.talk(out, call)


async def queue_timeout(s):
    """PSTN calls a queue; nobody answers for 4 s, the queue gives up."""
    out = s.pstn.call(LOCAL_QUEUE, caller=CALLER)
    await out.ended()


async def queue_declined(s):
    """PSTN calls a queue; 1001 declines and is rung again, then 1002 answers."""
    out = s.pstn.call(QUEUE, caller=CALLER)
    first = await s.alice.incoming()
    call = await s.bruno.incoming()
    await first.hangup()
    await s.pause()
    await call.answer()
    await s.talk(out, call)


async def declined(s):
    """PSTN calls 1001, who declines (603)."""
    out = s.pstn.call(LINE, caller=CALLER)
    call = await s.alice.incoming()
    await s.pause(0.5)
    await call.hangup()
    await out.ended()


async def click_answered(s):
    """Click to call with our own ChannelId: 1001 picks up, the mobile answers."""
    call, other = await s.click(MOBILE)
    await s.pause(0.5)
    await other.answer()
    await s.talk(other, call)


async def click_by_local(s, channel="Local/1001@from-internal"):
    """Click to call through Local/1001@from-internal: 1001 picks up, the mobile
    answers, the Local channel vanishes."""
    call, other = await s.click(MOBILE, channel=channel)
    await s.pause(0.5)
    await other.answer()
    await s.talk(call, other)


async def click_by_local_kept(s):
    """The same through Local/1001@from-internal/n, which stays."""
    await click_by_local(s, channel="Local/1001@from-internal/n")


async def click_phone_offline(s):
    """Click to call, but the telephone (1003) is not registered."""
    await s.originate(MOBILE, channel="PJSIP/1003")
    await s.ami.event("OriginateResponse")


async def click_phone_declined(s):
    """Click to call, but 1001 declines its own telephone."""
    await s.originate(MOBILE)
    call = await s.alice.incoming()
    await s.pause(0.5)
    await call.hangup()
    await s.ami.event("OriginateResponse")


async def click_phone_unanswered(s):
    """Click to call, but 1001 does not pick up for 2 s."""
    await s.originate(MOBILE, timeout=2000)
    await (await s.alice.incoming()).ended()


async def click_other_busy(s):
    """Click to call: 1001 picks up, the mobile is busy."""
    s.pstn.policy = "busy"
    await s.originate(MOBILE)
    call = await s.alice.incoming()
    await call.answer()
    await call.ended()
    s.pstn.policy = "ring"


async def click_given_up(s):
    """Click to call: 1001 picks up and hangs up while the mobile rings."""
    call, other = await s.click(MOBILE)
    await s.pause(0.5)
    await call.hangup()
    await other.ended()


async def called_back_by_program(s):
    """Another program calls the mobile, which answers, and then 1001, who declines."""
    await s.call_back(MOBILE)
    other = await s.pstn.incoming()
    await other.answer()
    await (await s.alice.incoming()).hangup()
    await other.ended()


async def dialed_answered(s):
    """1001 dials 0698765432 on the telephone; the mobile answers."""
    call = s.alice.call("0698765432")
    other = await s.pstn.incoming()
    await s.pause(0.5)
    await other.answer()
    await call.answered()
    await s.talk(call, other)


async def dialed_busy(s):
    """1001 dials 0698765432; the mobile is busy."""
    s.pstn.policy = "busy"
    await s.alice.call("0698765432").ended()
    s.pstn.policy = "ring"


async def dialed_declined(s):
    """1001 dials 0698765432; the mobile declines."""
    call = s.alice.call("0698765432")
    await (await s.pstn.incoming()).hangup()
    await call.ended()


async def dialed_given_up(s):
    """1001 dials 0698765432 and hangs up while it rings."""
    call = s.alice.call("0698765432")
    other = await s.pstn.incoming()
    await call.ringing()
    await s.pause(0.5)
    await call.hangup()
    await other.ended()


async def dialed_wrong_number(s):
    """1001 dials a number that does not exist (404)."""
    call = s.alice.call("0698765432")
    (await s.pstn.incoming()).reject(404, "Not Found")
    await call.ended()


async def dialed_no_route(s):
    """1001 dials the extension of a telephone that is not registered (1003)."""
    await s.alice.call("1003").ended()


async def internal_given_up(s):
    """1001 calls 1002 and gives up."""
    call = s.alice.call("1002")
    other = await s.bruno.incoming()
    await call.ringing()
    await s.pause(0.5)
    await call.hangup()
    await other.ended()


async def internal_declined(s):
    """1001 calls 1002, who declines."""
    call = s.alice.call("1002")
    await (await s.bruno.incoming()).hangup()
    await call.ended()


async def echo_test(s):
    """1001 calls the echo test: nobody to talk to."""
    call = s.alice.call("9001")
    await call.answered()
    await s.pause(0.5)
    await call.hangup()


SCENES = [
    voicemail,
    voicemail_without_message,
    group_by_local,
    group_by_local_optimised,
    group_all_busy,
    group_by_local_unanswered,
    queue_by_local,
    queue_timeout,
    queue_declined,
    declined,
    click_answered,
    click_by_local,
    click_by_local_kept,
    click_phone_offline,
    click_phone_declined,
    click_phone_unanswered,
    click_other_busy,
    click_given_up,
    called_back_by_program,
    dialed_answered,
    dialed_busy,
    dialed_declined,
    dialed_given_up,
    dialed_wrong_number,
    dialed_no_route,
    internal_given_up,
    internal_declined,
    echo_test,
]
