"""How long recordings are kept, and what keeps them longer."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

BATCH_SIZE = 100
KEPT_STATES = ("linked", "waiting", "fetched", "failed")


class TelephonyCall(models.Model):
    # The chatter holds who deleted a recording, and who held it and why.
    _name = "telephony.call"
    _inherit = ["telephony.call", "mail.thread"]

    legal_hold = fields.Boolean(
        readonly=True,
        copy=False,
        help="Neither the recording nor the call is deleted or anonymized.",
    )

    # === MAIL === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Refuse to make a call of a mail.

        Odoo's mail gateway writes by superuser, and every employee may feed it: what a
        mail says, or the values that come with it, must not get into the log.

        :raise AccessError: always
        """
        raise AccessError(self.env._("Calls cannot be created or changed by email."))

    def message_update(self, msg_dict, update_vals=None):
        """Refuse to change a call by a mail: see ``message_new``.

        :raise AccessError: always
        """
        raise AccessError(self.env._("Calls cannot be created or changed by email."))

    def _mail_get_partner_fields(self, introspect_fields=False):
        # The chatter asks whom to propose as a recipient: the raw link is nobody's.
        return []

    # === RETENTION === #

    @api.model
    def _cron_delete_recordings(self):
        """Delete the recordings that are older than their rule keeps them."""
        cron = self.env["ir.cron"]
        reason = self.env._("kept no longer by the rules")
        while calls := self._get_expired_recordings(BATCH_SIZE):
            calls._delete_recording(reason)
            remaining = len(self._get_expired_recordings(BATCH_SIZE))
            if not cron._commit_progress(len(calls), remaining=remaining):
                return

    @api.model
    def _get_expired_recordings(self, limit):
        """Return calls whose recording is to be deleted, the oldest first."""
        found = self.browse()
        earlier = Domain.FALSE
        rules = self.env["telephony.recording.rule"].search(Domain.TRUE)
        for rule in rules:
            scope = rule._get_scope()
            if rule.days and len(found) < limit:
                until = fields.Datetime.now() - relativedelta(days=rule.days)
                found |= self.search(
                    Domain("recording_state", "in", KEPT_STATES)
                    & Domain("start_date", "<", until)
                    & Domain("legal_hold", "=", False)
                    & scope
                    & ~earlier,
                    order="start_date",
                    limit=limit - len(found),
                )
            earlier |= scope
        return found

    def _delete_recording(self, reason):
        """Delete recordings for good: the file, and where the telephone system has it.

        :param str reason: for the chatter
        """
        # sudo - telephony.call: the log is written by the system for everyone
        for call_sudo in self.sudo():
            had_file = bool(call_sudo._get_recording_attachment())
            call_sudo._clear_recording()
            text = (
                self.env._("The recording was deleted: %(reason)s.", reason=reason)
                if had_file
                else self.env._(
                    "The recording's address was deleted: %(reason)s. Odoo had no copy "
                    "of it.",
                    reason=reason,
                )
            )
            remains = self.env._(
                "What the telephone system “%(name)s” keeps, it deletes by its own "
                "rules.",
                name=call_sudo.pbx_id.name,
            )
            call_sudo._message_log(body=f"{text} {remains}")

    def _clear_recording(self):
        self._get_recording_attachment().unlink()
        self.write(
            {
                "stored_recording_url": False,
                "recording_path": False,
                "voicemail_path": False,
                "recording_error_code": False,
                "recording_next_date": False,
                "recording_state": "deleted",
            }
        )

    def action_delete_recording(self):
        """Delete the recordings at a supervisor's wish.

        :raise AccessError: the user is no supervisor
        :raise UserError: one is under legal hold, or there is none
        """
        self._check_supervisor()
        if any(call.legal_hold for call in self):
            raise UserError(self.env._("A call under legal hold keeps its recording."))
        calls = self.filtered(lambda call: call.recording_state in KEPT_STATES)
        if not calls:
            raise UserError(self.env._("There is no recording to delete."))
        calls._delete_recording(
            self.env._("at the wish of %(user)s", user=self.env.user.name)
        )

    # === LEGAL HOLD === #

    def _set_legal_hold(self, is_held, reason):
        """Hold calls, or let them go.

        :param bool is_held: whether they are held from now on
        :param str reason: for the chatter
        :raise AccessError: the user is no supervisor
        """
        self._check_supervisor()
        # sudo - telephony.call: the log is written by the system for everyone
        for call_sudo in self.sudo().filtered(lambda call: call.legal_hold != is_held):
            call_sudo.legal_hold = is_held
            text = (
                self.env._("Legal hold: %(reason)s", reason=reason)
                if is_held
                else self.env._("End of the legal hold: %(reason)s", reason=reason)
            )
            call_sudo._message_log(body=text)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        if any(call.legal_hold for call in self):
            raise UserError(self.env._("A call under legal hold can't be deleted."))
