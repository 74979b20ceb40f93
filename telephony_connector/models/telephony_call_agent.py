"""What desktop agents are told of calls."""

from odoo import api, models


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    def _tell_users(self):
        result = super()._tell_users()
        self._tell_agents()
        return result

    def _tell_agents(self):
        """Tell the desktop agents of those who are called.

        The message holds an id and states, no number and no name: the agent asks for
        what it shows, as its user.
        """
        # sudo - telephony.agent.token: the system tells every user's agents
        tokens = self.env["telephony.agent.token"].sudo()
        tokens = tokens.search([("user_id", "in", self.user_ids.ids)])
        for call in self:
            for token in tokens.filtered(lambda t, c=call: t.user_id in c.user_ids):
                news = call._get_agent_news(token.user_id)
                if news:
                    token._bus_send("telephony.agent/call", news)

    def _get_agent_news(self, user):
        """Return what the agents of a user are told of the call, ``None`` if nothing.

        :rtype: dict
        """
        news = self._get_news(user)
        rings = news["direction"] == "inbound" and news["mine"] == "ringing"
        if news["state"] == "ended" or not (news["open_page"] or rings):
            return None
        return {
            "call": news["id"],
            "state": news["mine"],
            "open_page": news["open_page"],
        }

    @api.model
    def _get_agent_calls(self):
        """Return what the current user's agent missed while it was not connected.

        :rtype: list[dict]
        """
        user = self.env.user
        calls = self.search([("state", "!=", "ended"), ("user_ids", "in", user.id)])
        return [news for call in calls if (news := call._get_agent_news(user))]

    def _answer_agent(self, claim):
        """Return what the current user's agent shows of the call.

        :param bool claim: whether the agent is about to open the page
        :return: ``title``, ``path`` of the page, and whether to open it: never where
            another agent, tab or browser of the user's has the page already
        :rtype: dict
        :raise AccessError: where the user may not read the call
        """
        self.ensure_one()
        self.check_access("read")
        news = self._get_agent_news(self.env.user)
        may_open = claim and news and news["open_page"]
        # sudo - telephony.call.pop: users see no rows, the claim is all there is to it
        pops_sudo = self.env["telephony.call.pop"].sudo()
        return {
            "title": self._get_title(),
            "path": f"/telephony/incoming?call={self.id}",
            "open": bool(may_open) and pops_sudo._claim(self, self.env.user),
        }
