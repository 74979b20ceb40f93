"""Odoo's automation rules see calls come in, and can't keep them out."""

import logging

import psycopg2

from odoo import SUPERUSER_ID, api, models

_logger = logging.getLogger(__name__)


class TelephonyCall(models.Model):
    """The door writes by ``create`` and ``write``, so rules on calls run within it.

    A rule that fails would take the call along: it is switched off instead, its maker
    is reported, and the call is taken into the log without it.
    """

    _inherit = "telephony.call"

    @api.model
    def _apply(self, changes):
        # Rules tell their failures apart for internal users only; webhooks have none.
        door = self if self.env.user._is_internal() else self.with_user(SUPERUSER_ID)
        while True:
            try:
                with self.env.cr.savepoint():
                    return super(TelephonyCall, door)._apply(changes)
            except psycopg2.OperationalError:
                # Two writers of one row: the whole transaction is tried again.
                raise
            except Exception as error:
                if not self._switch_off_rule(error):
                    raise

    @api.model
    def _switch_off_rule(self, error):
        """Switch off the automation rule that an error comes from.

        :return: whether it came from one
        :rtype: bool
        """
        named = (getattr(error, "context", None) or {}).get("base_automation")
        if not named:
            return False
        # sudo - base.automation: the log goes on, whoever's rule is in its way
        rule_sudo = self.env["base.automation"].sudo().browse(named["id"]).exists()
        if not rule_sudo.active:
            return False
        _logger.error(
            "The automation rule “%s” failed on a call and is switched off",
            rule_sudo.name,
            exc_info=error,
        )
        rule_sudo.active = False
        maker = rule_sudo.create_uid
        self.env["mail.thread"].sudo().with_context(lang=maker.lang).message_notify(
            partner_ids=maker.partner_id.ids,
            subject=self.env._("Automation rule switched off"),
            body=self.env._(
                "“%(name)s” failed on a call and is switched off, so that calls go on "
                "being logged: %(error)s",
                name=rule_sudo.name,
                error=error,
            ),
        )
        return True
