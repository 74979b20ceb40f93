"""Every shape of call, played live; the call log must tell it right each time."""

import pytest
import scenes
import scenes_moving
import scenes_queueing
from stage import CALLER, GROUP, LINE, QUEUE, Stage

from .support.shapes import QuickStage, expected_log, last_call, play, wait_for_log

TWO_TELEPHONES = "+33140000010"


async def queue_answered(s):
    out = s.pstn.call(QUEUE, caller=CALLER)
    call = await s.alice.incoming()
    await s.bruno.incoming()
    await call.answer()
    await s.pause()
    await call.hangup()
    await out.ended()


async def queue_abandoned(s):
    out = s.pstn.call(QUEUE, caller=CALLER)
    call = await s.alice.incoming()
    await s.bruno.incoming()
    await out.hangup()
    await call.ended()


async def ring_group(s):
    out = s.pstn.call(GROUP, caller=CALLER)
    loser = await s.alice.incoming()
    await (await s.bruno.incoming()).answer()
    await loser.ended()
    await s.pause()
    await out.hangup()


async def blind_transfer_by_phone(s):
    out, call = await s.talk_with_alice()
    await call.refer("1002")
    await call.hangup()
    target = await s.bruno.incoming()
    await target.answer()
    await s.pause()
    await out.hangup()
    await target.ended()


async def hold(s):
    out, call = await s.talk_with_alice()
    await call.hold()
    await s.pause()
    await call.hold(False)
    await out.hangup()
    await call.ended()


async def internal(s):
    call = s.alice.call("1002")
    target = await s.bruno.incoming()
    await target.answer()
    await call.answered()
    await s.pause()
    await target.hangup()
    await call.ended()


async def withheld(s):
    out = s.pstn.call(LINE, caller="anonymous", extra=["Privacy: id"])
    call = await s.alice.incoming()
    await call.answer()
    await out.answered()
    await out.hangup()
    await call.ended()


RECORDED = {
    "03-ring-group": ring_group,
    "05-queue-answered": queue_answered,
    "07-queue-abandoned": queue_abandoned,
    "16-inbound-anonymous": withheld,
    "17-blind-transfer-by-phone": blind_transfer_by_phone,
    "23-hold": hold,
    "25-internal": internal,
    "group-by-local": scenes.group_by_local,
    "group-by-local-unanswered": scenes.group_by_local_unanswered,
    "called-back-by-program": scenes.called_back_by_program,
    "queue-declined": scenes.queue_declined,
    "voicemail-without-message": scenes.voicemail_without_message,
    "dialed-answered": scenes.dialed_answered,
    "dialed-busy": scenes.dialed_busy,
    "internal-declined": scenes.internal_declined,
    "attended-by-phone": scenes_moving.attended_by_phone,
    "blonde-by-phone": scenes_moving.blonde_by_phone,
    "forwarded-within": scenes_moving.forwarded_within,
    "forwarded-outside": scenes_moving.forwarded_outside,
    "picked-up": scenes_moving.picked_up,
    "picked-up-directed": scenes_moving.picked_up_directed,
    "spied-on": scenes_moving.spied_on,
    "attended-by-ami-into-queue": scenes_moving.attended_by_ami_into_queue,
    "follow-me-unanswered": scenes_moving.follow_me_unanswered,
    "own-phone-forwards": scenes_moving.own_phone_forwards,
    "own-phone-forwards-by-local": scenes_moving.own_phone_forwards_by_local,
    "queue-attended": scenes_queueing.queue_attended,
    "queue-blind": scenes_queueing.queue_blind,
    "attended-into-queue": scenes_queueing.attended_into_queue,
    "agent-on-the-line": scenes_queueing.agent_on_the_line,
}
"""Scenes by the transcript whose call log they must come to."""


@pytest.mark.parametrize("name", RECORDED)
def test_shape(stack, name):
    before = last_call(stack)
    play(stack, RECORDED[name])
    wait_for_log(stack, before, expected_log(name))


def test_several_devices_of_one_extension(stack):
    """One call, one user, two telephones that ring; the loser is not missed."""
    [extension] = stack.admin.call(
        "telephony.extension",
        "search",
        [("pbx_id", "=", stack.pbx), ("number", "=", "1002")],
    )
    write = stack.admin.call
    with stack.settings_changed():
        write(
            "telephony.extension",
            "write",
            [extension],
            {"devices": "PJSIP/1002, PJSIP/1003"},
        )

    async def ring_both(s):
        second = stack.telephones["1003"]
        out = s.pstn.call(TWO_TELEPHONES, caller=CALLER)
        loser = await s.bruno.incoming()
        await (await second.incoming()).answer()
        await loser.ended()
        await out.answered()
        await s.pause()
        await out.hangup()

    try:
        before = last_call(stack)
        play(stack, ring_both)
        line = (
            f"inbound answered {CALLER} via {TWO_TELEPHONES} extension 1002: "
            f"{CALLER} answered, 1002 answered, 1002 cancelled"
        )
        wait_for_log(stack, before, [line])
    finally:
        with stack.settings_changed():
            write("telephony.extension", "write", [extension], {"devices": False})


class LongerStage(QuickStage):
    """On which a voicemail's greeting is heard to its end."""

    longest = 11


def test_voicemail(stack):
    """Nobody answered, so it is missed; that there is a message is noted."""
    before = last_call(stack)
    play(stack, scenes.voicemail, LongerStage)
    wait_for_log(stack, before, expected_log("voicemail"))


def test_conference(stack):
    """It begins for those who wait when a second one has said their name."""
    before = last_call(stack)
    play(stack, scenes_moving.conference, Stage)
    wait_for_log(stack, before, expected_log("conference"))


def test_parked_and_taken_back(stack):
    before = last_call(stack)
    play(stack, scenes_moving.parked, Stage)
    wait_for_log(stack, before, expected_log("parked"))
