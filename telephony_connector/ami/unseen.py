"""When calls were answered whose answer no event reported: call records say."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from ..engine.errors import InvalidValue
from . import actions
from .entities import Channel, TrackedCall
from .state import PbxState


class UnseenTalk:
    """A talk that is under way, of which the PBX is asked when it began.

    :param channels: those who talk
    :param tracked_calls: their calls whose talk is dated by what is reported
    :param now: the present; nobody answers later
    """

    def __init__(
        self,
        pbx: PbxState,
        channels: Iterable[Channel],
        tracked_calls: Iterable[TrackedCall],
        now: datetime,
    ):
        self._pbx = pbx
        self._channels = list(channels)
        self._tracked_calls = list(tracked_calls)
        self._now = now
        self._answers = {}
        self._pending = set()

    def ask(self):
        """Ask for each telephone when it began and when it was picked up.

        Until that is known or known not to be reported, a call that goes on has no time
        of answer for the log, which keeps the first that it hears.
        """
        questions = []
        for channel in self._channels:
            try:
                requests = actions.call_record(channel.name)
            except InvalidValue:
                continue
            questions += [(channel, what, each) for what, each in requests.items()]
        if not questions:
            return
        for tracked in self._tracked_calls:
            tracked.call.is_answer_sought = True
        self._pending = {(channel.uniqueid, what) for channel, what, _ in questions}
        for channel, what, request in questions:
            self._pbx.inquire(
                request,
                partial(self._process_answer, channel, what),
                partial(self._add_answer, channel, what, 0.0),
            )

    def _process_answer(self, channel, what, answer):
        self._add_answer(channel, what, actions.read_moment(answer.get("Value", "")))

    def _add_answer(self, channel, what, seconds):
        self._answers[channel.uniqueid, what] = seconds
        self._pending.discard((channel.uniqueid, what))
        if not self._pending:
            self._apply_answers()

    def _apply_answers(self):
        answers = []
        for channel in self._channels:
            answered = self._get_answer(channel)
            if answered is None:
                continue
            answers.append(answered)
            leg = channel.leg
            if leg.answered_unseen:
                leg.answer_date = max(
                    min(answered, leg.end_date or answered), leg.start_date
                )
                self._pbx.mark_changed(channel.tracked)
        for tracked in self._tracked_calls:
            call = tracked.call
            if call.is_answer_sought:
                # Who waits in a queue or a menu was answered before anyone talked.
                began = max((call.answer_date, *answers))
                call.answer_date = min(began, call.end_date or began)
                call.is_answer_sought = False
                self._pbx.mark_changed(tracked)

    def _get_answer(self, channel):
        """Return when a telephone was picked up, ``None`` where that is not reported.

        By how long it rang: the PBX's clock may not be ours.
        """
        start, answer = (
            self._answers.get((channel.uniqueid, what), 0.0)
            for what in ("start", "answer")
        )
        if not 0 < start <= answer <= start + MAX_RINGING.total_seconds():
            return None
        return min(channel.start + timedelta(seconds=answer - start), self._now)


MAX_RINGING = timedelta(days=1)
