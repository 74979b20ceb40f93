"""Calls that are reported in parts: by a webhook or the API, in any order, some twice.

What was reported of a call, and of each phone's leg, is kept as *facts*: the first or
the last moment that something happened. Facts of two parts are joined by taking the
earlier or the later moment, so that the same parts come to the same facts in whatever
order they come; everything else follows from the facts.

Facts are stored as JSON: moments are texts as ``2026-03-02T09:00:00``.
"""

from datetime import datetime

from .call import Direction, Outcome, State

# Of a call: when it began, was answered first and ended.
CALL_FACTS = {"start_date": min, "answer_date": min, "end_date": max}
# Of a leg: when its phone rang last, was answered first and last, stopped ringing last
# and hung up last; when the call was shown on its user's screen last.
LEG_FACTS = {
    "rung": max,
    "answered": min,
    "resumed": max,
    "stopped": max,
    "left": max,
    "shown": max,
}
# Outcomes that somebody's answer makes void.
UNANSWERED = (None, False, Outcome.MISSED, Outcome.CANCELLED, Outcome.UNKNOWN)


def read_call(change):
    """Return the facts that a change reports of a call.

    :param dict change: as of the door; moments are naive UTC datetimes
    """
    facts = {key: _text(change[key]) for key in CALL_FACTS if change.get(key)}
    if change.get("outcome"):
        facts["outcome"] = str(change["outcome"])
    return facts


def read_leg(leg):
    """Return the facts that a change reports of a leg.

    :param dict leg: as of the door, with ``start_date``, ``answer_date`` or
        ``end_date``; ``outcome`` *cancelled* where it only stopped ringing;
        ``is_shown`` where it did not ring, and the call is shown on a screen
    """
    facts = {}
    if leg.get("start_date"):
        facts["shown" if leg.get("is_shown") else "rung"] = leg["start_date"]
    if leg.get("answer_date"):
        facts |= dict.fromkeys(("answered", "resumed"), leg["answer_date"])
    if leg.get("end_date"):
        is_stop = leg.get("outcome") == Outcome.CANCELLED
        facts["stopped" if is_stop else "left"] = leg["end_date"]
    return {key: _text(moment) for key, moment in facts.items()}


def join_call(known, reported):
    """Join the facts of a call; of two outcomes that were reported the later part's
    stands, and *unknown* gives way."""
    joined = _join(CALL_FACTS, known, reported)
    outcomes = [facts.get("outcome") for facts in (known, reported)]
    outcomes = [outcome for outcome in outcomes if outcome]
    outcomes.sort(key=lambda outcome: outcome != Outcome.UNKNOWN)
    return joined | ({"outcome": outcomes[-1]} if outcomes else {})


def join_leg(known, reported):
    """Join the facts of a leg."""
    return _join(LEG_FACTS, known, reported)


def derive_dates(facts):
    """Return the dates of a call that were reported: field name → datetime."""
    return {key: _moment(facts[key]) for key in CALL_FACTS if key in facts}


def derive_outcome(reported, answer_date, end_date, direction, incomplete):
    """Return the outcome of a call that is over.

    Of a call that came in and whose end nobody saw, nobody is known to have talked to
    the caller, who is to be called back; of others nothing is known.

    :param reported: the outcome that was reported, if any
    :param answer_date: when somebody answered, if that is known
    :param end_date: when it ended, if that is known
    :param direction: of the call
    :param incomplete: whether its end was not seen
    """
    if answer_date and reported in UNANSWERED:
        return Outcome.ANSWERED
    if reported and (reported != Outcome.UNKNOWN or not end_date):
        return Outcome(reported)
    if direction == Direction.INBOUND:
        return Outcome.MISSED
    return Outcome.UNKNOWN if incomplete else Outcome.CANCELLED


def derive_leg(facts, call_state, call_end):
    """Return the values of a leg that follow from its facts.

    A phone that stopped ringing may ring again, and who left may come back. A phone
    that stops ringing because it was answered goes on.

    :param dict facts: of the leg, not empty
    :param call_state: the call's `State`
    :param call_end: when the call ended, ``None`` where it did not or is not known
    :return: ``state``, ``outcome``, ``start_date``, ``answer_date``, ``end_date``
    """
    rung, shown = facts.get("rung", ""), facts.get("shown", "")
    stopped, left = facts.get("stopped", ""), facts.get("left", "")
    closed = max(stopped if not facts.get("answered") or rung > left else "", left)
    talks = facts.get("resumed", "") > left
    state, end = State.ENDED, _moment(closed)
    if talks or max(rung, shown) > max(stopped, left):
        end = None
        if call_state == State.ENDED:
            end = call_end
        elif talks:
            state = State.ONGOING
        else:
            state = State(call_state) if shown > rung else State.RINGING
    outcome = None
    if state == State.ENDED:
        answered = facts.get("answered")
        outcome = Outcome.ANSWERED if answered else Outcome.CANCELLED
    return {
        "state": state,
        "outcome": outcome,
        "start_date": _moment(rung or shown),
        "answer_date": _moment(facts.get("answered")),
        "end_date": end,
    }


def get_last_answer(facts):
    """Return when a leg was answered last, as its text, "" where it was not."""
    return facts.get("resumed", "")


def _join(rules, known, reported):
    joined = {**known, **reported}
    for key in known.keys() & reported.keys() & rules.keys():
        joined[key] = rules[key](known[key], reported[key])
    return joined


def _text(moment):
    return moment.isoformat(timespec="seconds")


def _moment(text):
    return datetime.fromisoformat(text) if text else None
