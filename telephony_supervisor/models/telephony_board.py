"""The live board: what supervisors see of calls, queues and agents, and do with them.

Everything is read as the supervisor who asks. The bus names ids alone; the web client
then asks for these rows, so a board shows no more than its user may read.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.telephony_connector.engine.pbx_text import plain_text
from odoo.addons.telephony_connector.tools.groups import ADMINISTRATOR, SUPERVISOR
from odoo.addons.telephony_connector.tools.parameters import takes

from .telephony_pbx import SPY_MODES

MAX_REASON = 80
NO_CALLS = {"answered": 0, "missed": 0}
# What a web client asks the bus for while it shows the board.
BOARD = "telephony.board"


class TelephonyBoard(models.AbstractModel):
    _name = "telephony.board"
    _description = "Live Board"

    # === WHAT THE BOARD SHOWS === #

    @api.model
    def get_state(self):
        """Return all that the board shows.

        :rtype: dict
        :return: ``pbxs``, ``queues``, ``agents``, ``calls`` and ``teams``, lists of
            dicts; dates are UTC as the server writes them
        :raise AccessError: for who is no supervisor
        """
        self._check_supervisor()
        extensions = self._search_extensions()
        calls = self.env["telephony.call"].search([("state", "!=", "ended")])
        teams = self._get_teams(extensions.user_id)
        return {
            "pbxs": self._describe_pbxs(),
            "queues": self._describe_queues(extensions),
            "agents": [self._describe_agent(each, teams) for each in extensions],
            "calls": [self._describe_call(call) for call in calls],
            "teams": sorted(
                (
                    {"id": team.id, "name": team.name}
                    for team in set().union(*teams.values())
                ),
                key=lambda team: team["name"],
            ),
        }

    @api.model
    @takes(call_ids=[int], extension_ids=[int])
    def get_changes(self, call_ids, extension_ids):
        """Return the rows of calls and agents that changed, and all queues.

        :param list call_ids: of the bus's messages since the last time
        :param list extension_ids: the same
        :rtype: dict
        :return: ``calls``, ``agents`` and ``queues`` as of ``get_state``, and
            ``gone_calls``: ids of those that ended or are not the user's to see
        :raise AccessError: for who is no supervisor
        """
        self._check_supervisor()
        call_ids, extension_ids = call_ids or [], extension_ids or []
        extensions = self._search_extensions()
        changed = extensions.filtered(lambda each: each.id in extension_ids)
        calls = self.env["telephony.call"].search(
            [("id", "in", call_ids), ("state", "!=", "ended")]
        )
        teams = self._get_teams(changed.user_id)
        return {
            "queues": self._describe_queues(extensions),
            "agents": [self._describe_agent(each, teams) for each in changed],
            "calls": [self._describe_call(call) for call in calls],
            "gone_calls": [id_ for id_ in call_ids if id_ not in calls.ids],
        }

    @api.model
    def _get_bus_channels(self):
        """Return the channels on which the current user's board learns of changes."""
        if not self.env.user.has_group(SUPERVISOR):
            return []
        return [(pbx, "board") for pbx in self._search_pbxs()]

    def _check_supervisor(self):
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(self.env._("The live board is for supervisors."))

    def _search_extensions(self, domain=Domain.TRUE):
        """Return the extensions whose agents the current user supervises.

        Those of the companies or, where the company says so, of the user's teams.
        """
        is_agent = Domain("user_id", "!=", False) | Domain("queues", "!=", False)
        is_agent &= Domain("pbx_id.active", "=", True)
        extensions = self.env["telephony.extension"]
        if self.env.user.has_group(ADMINISTRATOR):
            return extensions.search(is_agent & domain)
        scope = Domain("company_id.telephony_supervisor_scope", "=", "company")
        team = self.env.user._get_telephony_team()
        return extensions.search(
            is_agent & domain & (scope | Domain("user_id", "in", team.ids))
        )

    def _search_pbxs(self):
        return self.env["telephony.pbx"].search(
            [("company_id", "in", self.env.companies.ids)]
        )

    def _describe_pbxs(self):
        return [
            {
                "id": pbx.id,
                "name": pbx.name,
                "fault": pbx._get_fault_text(),
                "actions": pbx._get_agent_actions(),
            }
            for pbx in self._search_pbxs()
        ]

    def _describe_agent(self, extension, teams):
        # sudo - res.users: an agent's name, as a link to the user shows it
        name = extension.sudo().user_id.name
        return {
            "id": extension.id,
            "pbx_id": extension.pbx_id.id,
            "number": extension.number,
            "name": name or extension.number,
            "is_mine": extension.user_id == self.env.user,
            "team_ids": [team.id for team in teams.get(extension.user_id, ())],
            "availability": extension.availability or False,
            "since": fields.Datetime.to_string(extension.state_date) or False,
            "queues": _split(extension.queues),
            "paused_queues": _split(extension.paused_queues),
            "reason": extension.pause_reason or False,
        }

    def _get_teams(self, users):
        """Return each user's sales teams: user → set of teams, as superuser."""
        # sudo - crm.team.member: who is in which team, for supervisors without the CRM
        members = self.env["crm.team.member"].sudo()
        teams = {}
        for member in members.search([("user_id", "in", users.ids)]):
            user = member.user_id.with_env(self.env)
            teams.setdefault(user, set()).add(member.crm_team_id)
        return teams

    def _name_party(self, call):
        """Return who is on the other side of a call, as far as the user may know."""
        if name := call.contact_id.display_name or call._get_colleague():
            return name
        record = call._get_visible_object()
        return record.display_name if record is not None else False

    def _describe_call(self, call):
        legs = call.leg_ids.filtered(lambda leg: leg.extension_id)
        return {
            "id": call.id,
            "pbx_id": call.pbx_id.id,
            "direction": call.direction,
            "state": call.state,
            "number": call._get_number_text(),
            "contact": self._name_party(call),
            "queue": call.queue or False,
            "waits": bool(call.queue_date),
            "since": fields.Datetime.to_string(
                call.queue_date or call.answer_date or call.start_date
            )
            or False,
            "talking": _get_extensions(legs, "ongoing"),
            "ringing": _get_extensions(legs, "ringing"),
        }

    # === QUEUES === #

    def _describe_queues(self, extensions):
        """Return the queues that somebody of these extensions is in, or all.

        That somebody waits, and for how long, is told of callers whom the user may not
        see: not who it is.
        """
        queues = self.env["telephony.queue"].search(
            [("pbx_id", "in", self._search_pbxs().ids)]
        )
        mine = {(e.pbx_id, name) for e in extensions for name in _split(e.queues)}
        if not self.env.user.has_group(ADMINISTRATOR):
            queues = queues.filtered(
                lambda queue: (
                    (queue.pbx_id, queue.name) in mine
                    or queue.company_id.telephony_supervisor_scope == "company"
                )
            )
        waiting, today = self._get_waiting(queues), self._count_today(queues)
        return [
            {
                "id": queue.id,
                "pbx_id": queue.pbx_id.id,
                "name": queue.name,
                "waiting": waiting.get((queue.pbx_id.id, queue.name), []),
                **today.get((queue.pbx_id, queue.name), NO_CALLS),
            }
            for queue in queues
        ]

    def _get_waiting(self, queues):
        """Return since when callers wait: (PBX id, queue) → dates, first come first."""
        # sudo - telephony.call: how many wait and since when, not who
        calls_sudo = (
            self.env["telephony.call"]
            .sudo()
            .search(
                [
                    ("state", "!=", "ended"),
                    ("queue_date", "!=", False),
                    ("pbx_id", "in", queues.pbx_id.ids),
                ],
                order="queue_date, id",
            )
        )
        waiting = {}
        for call_sudo in calls_sudo:
            key = call_sudo.pbx_id.id, call_sudo.queue
            waiting.setdefault(key, []).append(
                fields.Datetime.to_string(call_sudo.queue_date)
            )
        return waiting

    def _count_today(self, queues):
        """Count today's answered and missed calls: (PBX, queue) → numbers."""
        start, _end = self.env["telephony.call.report"]._get_period(1)
        groups = self.env["telephony.call"]._read_group(
            [
                ("start_date", ">=", start),
                ("state", "=", "ended"),
                ("queue", "in", queues.mapped("name")),
            ],
            ["pbx_id", "queue", "outcome", "is_missed"],
            ["__count"],
        )
        counts = {}
        for pbx, queue, outcome, is_missed, count in groups:
            counted = counts.setdefault((pbx, queue), dict(NO_CALLS))
            if is_missed:
                counted["missed"] += count
            elif outcome == "answered":
                counted["answered"] += count
        return counts

    # === WHAT SUPERVISORS DO === #

    @api.model
    @takes(extension_id=int, action=str, queue=str, reason=str)
    def act(self, extension_id, action, queue=False, reason=False):
        """Have the telephone system do something with an agent.

        :param int extension_id: the agent's `telephony.extension`
        :param str action: of ``AGENT_ACTIONS``: ``pause`` and ``resume`` for all queues
            of the agent, ``log_in`` and ``log_out`` for ``queue``; ``listen``,
            ``whisper`` (the agent alone hears it) and ``barge`` (all hear it) ring the
            user's own phone first
        :param queue: a queue's name
        :param reason: why the agent has a break, as the telephone system keeps it
        :return: what the client shows until the bus tells more
        :rtype: dict
        :raise AccessError: for agents whom the user does not supervise
        :raise UserError: where it can't be done, in the user's words
        """
        self._check_supervisor()
        self.env["telephony.pbx"]._check_sender(action)
        extension = self._search_extensions(Domain("id", "=", extension_id))
        if not extension:
            raise AccessError(self.env._("You do not supervise this agent."))
        pbx = extension.pbx_id
        if action not in pbx._get_agent_actions():
            raise UserError(
                self.env._("“%(name)s” does not offer that to Odoo.", name=pbx.name)
            )
        if action in ("log_in", "log_out"):
            self._check_queue(pbx, queue)
        provider = pbx._get_provider()
        own = self.env["telephony.extension"]
        if action in SPY_MODES:
            own = self._get_spying_extension(extension)
            # sudo - res.users: an agent's name, as a link to the user shows it
            name = extension.sudo().user_id.name or ""
            code = pbx._authorize(extension.number, action)
            command = provider.dial_code(own, code, name)
        else:
            reason = plain_text(reason or "")[:MAX_REASON]
            command = provider.act_on_agent(extension, action, queue, reason)
        return {
            "command_id": command.id,
            "expires_in": command._get_seconds_left(),
            "message": self.env._(
                "Ringing your phone %(extension)s", extension=own.number
            )
            if own
            else False,
        }

    def _check_queue(self, pbx, name):
        queues = self.env["telephony.queue"].search([("pbx_id", "=", pbx.id)])
        if name not in queues.mapped("name"):
            raise UserError(self.env._("This queue does not exist."))

    def _get_spying_extension(self, extension):
        """Return the current user's own extension to listen to an agent with.

        :raise UserError: where there is none, or the agent does not talk
        """
        # sudo - telephony.extension: one's own, in whatever company it is
        own = self.env.user.sudo().telephony_extension_ids.filtered(
            lambda each: each.pbx_id == extension.pbx_id and each != extension
        )[:1]
        if not own:
            raise UserError(
                self.env._(
                    "You have no extension of your own on “%(name)s” to listen with.",
                    name=extension.pbx_id.name,
                )
            )
        # sudo - telephony.call.leg: whether the agent talks, not with whom
        legs_sudo = self.env["telephony.call.leg"].sudo()
        if not legs_sudo.search_count(
            [
                ("extension_id", "=", extension.id),
                ("state", "=", "ongoing"),
                ("call_id.state", "=", "ongoing"),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._("%(number)s is not talking.", number=extension.number)
            )
        return own.sudo(False)


def _split(names):
    """Return the queues of an extension's field as a list."""
    return names.split(", ") if names else []


def _get_extensions(legs, state):
    return legs.filtered(lambda leg: leg.state == state).extension_id.ids
