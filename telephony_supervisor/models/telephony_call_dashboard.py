"""The figures of a period beside those of the period before."""

from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.telephony_connector.engine.durations import format_seconds
from odoo.addons.telephony_connector.tools.parameters import takes

# How many days a period has, and how many days ago its last one is.
PERIOD_DAYS = {"day": (1, 0), "week": (7, 0), "month": (30, 0), "last_week": (7, 1)}
# Figures of which less is better; of the number of calls and their length neither is.
LESS_IS_BETTER = ("missed", "time_to_answer")
NEUTRAL = ("calls", "inbound", "talk_time")
# Lines of a breakdown that has no end of its own, as by queue.
MAX_LINES = 12

# An average is none where there was nothing to average.
COUNTED = {
    "answer_rate": "inbound",
    "service_level": "inbound",
    "time_to_answer": "answered",
    "called_back_rate": "missed",
}

INBOUND = Domain("direction", "=", "inbound")
AGGREGATES = {
    "calls": "__count",
    "answer_rate": "answer_rate:avg",
    "service_level": "service_level:avg",
    "time_to_answer": "time_to_answer:avg",
    "answered": "answered:sum",
    "missed": "missed:sum",
    "called_back_rate": "called_back_rate:avg",
    "talk_time": "duration:sum",
}


class TelephonyCallReport(models.Model):
    _inherit = "telephony.call.report"

    @api.readonly
    @api.model
    @takes(period=str)
    def get_dashboard(self, period="week"):
        """Return the figures of a period, of the calls that the user may see.

        :param str period: ``day`` (today), ``week`` or ``month``: that many days up to
            and with today, in the user's time zone; ``last_week``: the seven whole days
            before today
        :rtype: dict
        :return: ``figures``: list of dicts ``name``, ``label``, ``value``, ``text``,
            ``before`` (text) and ``trend`` (``better``, ``worse`` or ``False``);
            ``breakdowns``: list of dicts ``name``, ``label``, ``column`` (heading) and
            ``lines``, each of which has a ``domain`` of its calls, or ``False``;
            ``start`` and ``end`` of the period, for the lists behind the figures
        """
        days, ago = PERIOD_DAYS.get(period, PERIOD_DAYS["week"])
        start, end = self._get_period(days, ago)
        now = self._get_period_domain(start, end)
        before = self._get_period_domain(start - timedelta(days=days), start)
        return {
            "start": fields.Datetime.to_string(start),
            "end": fields.Datetime.to_string(end),
            "figures": self._compare(self._get_totals(now), self._get_totals(before)),
            "breakdowns": self._get_breakdowns(now, days),
        }

    @api.model
    def _get_period(self, days, ago=0):
        """Return start and end (naive UTC) of whole days, the last one days ago."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        today = fields.Date.context_today(self.with_context(tz=zone.zone))
        end = today - timedelta(days=ago - 1)
        bounds = (end - timedelta(days=days), end)
        return tuple(
            zone.localize(fields.Datetime.to_datetime(day))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in bounds
        )

    @api.model
    def _get_period_domain(self, start, end):
        return Domain("start_date", ">=", start) & Domain("start_date", "<", end)

    @api.model
    def _get_totals(self, domain):
        """Return the figures of all calls, rates those of the incoming ones."""
        names = list(AGGREGATES)
        [inbound] = self._read_group(domain & INBOUND, [], list(AGGREGATES.values()))
        [every] = self._read_group(domain, [], ["__count", "duration:sum"])
        totals = dict(zip(names, inbound, strict=True))
        totals |= {
            "inbound": totals["calls"],
            "calls": every[0],
            "talk_time": every[1] or 0,
            # The sum of no calls.
            "missed": totals["missed"] or 0,
        }
        return totals | {
            name: totals[name] if totals[counted] else None
            for name, counted in COUNTED.items()
        }

    @api.model
    def _get_figure_labels(self):
        return {
            "calls": self.env._("Calls"),
            "inbound": self.env._("Incoming"),
            "answer_rate": self.env._("Answer rate"),
            "service_level": self.env._(
                "Answered within %(seconds)s s",
                seconds=self.env.company.telephony_service_seconds,
            ),
            "time_to_answer": self.env._("Time to answer"),
            "talk_time": self.env._("Talk time"),
            "missed": self.env._("Missed"),
            "called_back_rate": self.env._("Called back"),
        }

    @api.model
    def _compare(self, now, before):
        """Return the figures in words, and what became of them."""
        return [
            {
                "name": name,
                "label": label,
                "value": now[name] or 0,
                "text": self._format_figure(name, now[name]),
                "before": self._format_figure(name, before[name]),
                "trend": self._get_trend(name, now[name], before[name]),
            }
            for name, label in self._get_figure_labels().items()
        ]

    @api.model
    def _get_trend(self, name, now, before):
        if now is None or before is None or name in NEUTRAL:
            return False
        if self._format_figure(name, now) == self._format_figure(name, before):
            return False
        return "better" if (now < before) == (name in LESS_IS_BETTER) else "worse"

    @api.model
    def _format_figure(self, name, value):
        if value is None:
            return "–"
        if name.endswith(("_rate", "_level")):
            return f"{value:.0f} %"
        if name in ("talk_time", "time_to_answer"):
            return format_seconds(value)
        return str(value)

    @api.model
    def _get_breakdowns(self, domain, days):
        """Return calls, missed ones and answer rate by day, hour, user and queue."""
        groups = {
            "day": (
                self.env._("Incoming calls by day"),
                self.env._("Day"),
                "start_date:day",
            ),
            "hour": (self.env._("Incoming calls by hour"), self.env._("Hour"), "hour"),
            "user": (self.env._("All calls by user"), self.env._("User"), "user_id"),
            "queue": (
                self.env._("Incoming calls by queue"),
                self.env._("Queue"),
                "queue",
            ),
        }
        if days == 1:
            del groups["day"]
        return [
            {
                "name": name,
                "label": label,
                "column": column,
                "lines": self._get_lines(name, domain, group),
            }
            for name, (label, column, group) in groups.items()
        ]

    @api.model
    def _get_lines(self, name, domain, group):
        in_order = name in ("day", "hour")
        if not in_order:
            domain &= Domain(group, "!=", False)
        if name != "user":
            # Who handled outgoing calls is of interest, the hour of theirs is not.
            domain &= INBOUND
        rows = self._read_group(
            domain,
            [group],
            ["__count", "missed:sum", "answer_rate:avg", "duration:sum"],
            order=None if in_order else "__count DESC",
            limit=None if in_order else MAX_LINES,
        )
        return [
            {
                "label": self._format_group(name, key),
                "domain": self._get_group_domain(name, key),
                "calls": count,
                "missed": missed or 0,
                "answer_rate": round(rate or 0),
                "talk_time": format_seconds(talk or 0),
            }
            for key, count, missed, rate, talk in rows
        ]

    @api.model
    def _format_group(self, name, key):
        if name == "day":
            lang = self.env.user.lang
            weekday = format_date(self.env, key, lang, date_format="EEE")
            return f"{weekday} {format_date(self.env, key, lang)}"
        if name == "hour":
            return f"{key}:00"
        return key.display_name if name == "user" else key

    @api.model
    def _get_group_domain(self, name, key):
        """Return the domain of a line's calls within the period, ``False`` for none.

        The hour is known to the report alone.
        """
        if name == "day":
            zone = pytz.timezone(self.env.user.tz or "UTC")
            bounds = [
                zone.localize(fields.Datetime.to_datetime(day)).astimezone(pytz.utc)
                for day in (key.date(), key.date() + timedelta(days=1))
            ]
            start, end = (
                fields.Datetime.to_string(bound.replace(tzinfo=None))
                for bound in bounds
            )
            return [
                ("direction", "=", "inbound"),
                ("start_date", ">=", start),
                ("start_date", "<", end),
            ]
        if name == "user":
            return [("user_id", "=", key.id)]
        if name == "queue":
            return [("direction", "=", "inbound"), ("queue", "=", key)]
        return False
