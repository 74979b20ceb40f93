from datetime import timedelta

from odoo import api, fields, models

# An event older than this is refused: nobody remembers whether it came before.
KEEP = timedelta(days=7)
# How exactly the form says when the last event came.
RECORD_EVERY = timedelta(minutes=1)


class TelephonyWebhookEvent(models.Model):
    """That an event of a webhook was taken in, so that a repetition changes nothing."""

    _name = "telephony.webhook.event"
    _description = "Webhook Event Taken In"
    _log_access = False

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    guid = fields.Char(required=True)
    date = fields.Datetime(required=True, index=True)

    _guid_pbx_uniq = models.Constraint(
        "UNIQUE(pbx_id, guid)", "An event is processed only once."
    )

    @api.model
    def _claim(self, pbx, guid):
        """Record that an event is taken in now, and when its sender was
        active last.

        :param pbx: the `telephony.pbx` that sent it, as superuser
        :param str guid: the event's id
        :return: whether it was not taken in before
        :rtype: bool
        """
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            INSERT INTO telephony_webhook_event (pbx_id, guid, date)
            VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
            """,
            [pbx.id, guid, now],
        )
        is_new = bool(self.env.cr.rowcount)
        known = pbx.webhook_date
        if is_new and (not known or known <= now - RECORD_EVERY):
            if pbx.try_lock_for_update():
                pbx.webhook_date = now
        return is_new

    @api.autovacuum
    def _gc_events(self):
        limit = 10_000
        # Kept longer than events are taken, whatever the clocks say.
        old = self.search(
            [("date", "<", fields.Datetime.now() - 2 * KEEP)], limit=limit
        )
        old.unlink()
        return len(old), len(old) == limit
