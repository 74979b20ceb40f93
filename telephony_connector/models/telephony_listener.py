import json

from odoo import api, models
from odoo.tools import SQL

from ..listener.notifications import CHANNEL


class TelephonyListener(models.AbstractModel):
    """What Odoo asks of the listeners of this database.

    A listener is a thread or a process (docs/listener.md). It asks for what it needs by
    ``listener/bridge.py``.
    """

    _name = "telephony.listener"
    _description = "Listener of Telephone Systems"

    @api.model
    def _wake(self):
        """Have a server listen now where nobody does, and not within the minute.

        A server that starts looks for scheduled actions only after a minute.
        """
        cron = self.env.ref(
            "telephony_connector.ir_cron_listener", raise_if_not_found=False
        )
        if not cron:
            return
        # sudo - ir.cron: whoever notices wakes the action, which they may not see
        cron_sudo = cron.sudo()
        if (
            self.env["ir.cron.trigger"]
            .sudo()
            .search_count([("cron_id", "=", cron_sudo.id)], limit=1)
        ):
            self.env.cr.postcommit.add(cron_sudo._notifydb)
        else:
            cron_sudo._trigger()

    @api.model
    def _notify(self, message):
        """Send a message to the listeners when the transaction commits.

        :param dict message: ``{"settings": True}``, ``{"command": id of a telephone
            system}`` or ``{"reconnect": ids of telephone systems}``
        """
        self.env.execute_query(
            SQL("SELECT pg_notify(%s, %s)", CHANNEL, json.dumps(message))
        )

    @api.model
    def _notify_settings(self):
        """Have the listeners read the telephone systems' settings again."""
        self._notify({"settings": True})

    @api.model
    def _describe_health(self, pbx):
        """Return what is wrong with the connection that the listener keeps.

        :param pbx: a `telephony.pbx`
        :return: texts for an administrator
        :rtype: list[str]
        """
        if not pbx._has_leader():
            return [self.env._("No listener is running: no call is logged.")]
        texts = []
        if pbx.connection_state != "connected":
            state = pbx._get_connection_text()
            text = self.env._("The listener: %(state)s", state=state)
            texts.append(f"{text}. {pbx.connection_message or ''}".strip())
        return texts + [problem._describe() for problem in pbx.problem_ids]
