"""How a call went, by what its parties did: the one place where that is judged.

Hangup causes (Q.850) alone mislead: a caller who gave up may leave 0, 16 or 127, a
phone that declined leaves 21 though the dialing says "no answer". What counts is
whether people were joined, then what the dialing said, then the cause.
"""

from collections.abc import Sequence

from .call import Call, Direction, Leg, Outcome

BUSY = 17
NO_ANSWER = (18, 19)
DECLINED = 21
ANSWERED_ELSEWHERE = 26
# No such number, no route to it, gone, out of order, a network that cannot.
UNREACHABLE = frozenset((1, 2, 3, 20, 22, 27, 28, 34, 38, 41, 42, 44, 47, 50, 58))

# What Asterisk says at the end of dialing one party (DialEnd's DialStatus).
DIAL_STATUSES = {
    "BUSY": Outcome.BUSY,
    "NOANSWER": Outcome.MISSED,
    "CANCEL": Outcome.CANCELLED,
    "ABORT": Outcome.CANCELLED,
    "CONGESTION": Outcome.FAILED,
    "CHANUNAVAIL": Outcome.FAILED,
    "INVALIDARGS": Outcome.FAILED,
    "GOTO": Outcome.CANCELLED,
    "CONTINUE": Outcome.CANCELLED,
    "DONTCALL": Outcome.DECLINED,
    "TORTURE": Outcome.DECLINED,
}


def unanswered_leg(said: Outcome | None, cause: int | None) -> Outcome:
    """Return the outcome of one party who was rung and never talked.

    :param said: what the end of the dialing said, None where that was not seen
    :param cause: the Q.850 cause that its channel ended with
    """
    if said not in (None, Outcome.MISSED):
        return said
    if cause == DECLINED:
        return Outcome.DECLINED
    if cause in UNREACHABLE:
        return Outcome.FAILED
    if said is Outcome.MISSED or cause in NO_ANSWER:
        return Outcome.MISSED
    if cause == BUSY:
        return Outcome.BUSY
    return Outcome.CANCELLED


def call_outcome(call: Call, called: Sequence[Leg]) -> Outcome:
    """Return the outcome of a call that is over.

    :param call: with its direction, queue, voicemail and dates
    :param called: the legs of those who were rung, in order, without the calling party
    """
    if call.answer_date:
        return Outcome.ANSWERED
    if call.direction == Direction.OUTBOUND:
        return _outbound_outcome(called)
    if call.voicemail or call.queue:
        return Outcome.MISSED
    # A phone that forwarded the call says nothing of its own.
    rung = [leg.outcome for leg in called if not leg.transferred_to]
    said = set(rung) - {Outcome.FAILED}
    if said == {Outcome.BUSY} or (not called and call.hangup_cause == BUSY):
        return Outcome.BUSY
    if said and said <= {Outcome.BUSY, Outcome.DECLINED}:
        return Outcome.DECLINED
    return Outcome.MISSED


def _outbound_outcome(called):
    """Where several ways out were tried, the last one that led somewhere tells."""
    if any(leg.answer_date and not leg.extension for leg in called):
        return Outcome.CANCELLED  # called back and there, but nobody of ours was
    said = [leg.outcome or Outcome.CANCELLED for leg in called]
    reached = [outcome for outcome in said if outcome is not Outcome.FAILED]
    return reached[-1] if reached else Outcome.FAILED
