"""Callers in a queue who go on from there, and members who stay on the line. Each scene
takes a Stage."""

from stage import AGENTS, CALLER, QUEUE


async def _answered_by_alice(s):
    """Return the caller's end and hers."""
    out = s.pstn.call(QUEUE, caller=CALLER)
    call = await s.alice.incoming()
    await s.bruno.incoming()
    await call.answer()
    await s.pause()
    return out, call


async def queue_attended(s):
    """PSTN calls a queue, 1001 answers, asks 1002 and transfers."""
    out, call = await _answered_by_alice(s)
    await call.hold()
    second, target = await s.consult_bruno()
    await s.pause()
    await call.refer_replacing(second)
    await s.talk(out, target)


async def queue_blind(s):
    """PSTN calls a queue, 1001 answers and transfers blindly to 1002, who declines."""
    out, call = await _answered_by_alice(s)
    await call.refer("1002")
    await call.hangup()
    await (await s.bruno.incoming()).hangup()
    await out.ended()


async def attended_into_queue(s):
    """PSTN talks with 1001, who calls the queue and transfers the caller while it rings
    for 1002, who answers."""
    out, call = await s.talk_with_alice()
    await call.hold()
    second = s.alice.call("700")
    target = await s.bruno.incoming()
    await second.answered()
    await call.refer_replacing(second)
    await s.pause()
    await target.answer()
    await s.talk(out, target)


async def agent_on_the_line(s):
    """1001 logs in as an agent and stays on the line; two callers of the queue follow
    each other; 1001 logs out."""
    agent = s.alice.call("*41001")
    await agent.answered()
    await s.pause()
    for caller in (CALLER, "+33687654321"):
        out = s.pstn.call(AGENTS, caller=caller)
        await s.ami.event("AgentConnect", CallerIDNum=caller)
        await s.pause()
        await out.hangup()
        await s.pause()
    await agent.hangup()


SCENES = [
    queue_attended,
    queue_blind,
    attended_into_queue,
    agent_on_the_line,
]
