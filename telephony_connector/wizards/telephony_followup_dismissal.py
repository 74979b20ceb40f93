from odoo import api, fields, models
from odoo.tools import split_every

BATCH_SIZE = 1000


class TelephonyFollowupDismissal(models.TransientModel):
    """Asks before all unknown callers who called once are dismissed, with their number.

    Those that the user sees when the question is asked: who calls meanwhile stays.
    """

    _name = "telephony.followup.dismissal"
    _description = "Dismissal of Unknown Callers"

    count = fields.Integer(
        string="Callers", readonly=True, default=lambda self: self._get_default()[0]
    )
    last_id = fields.Integer(readonly=True, default=lambda self: self._get_default()[1])

    @api.model
    def _get_default(self):
        """Return how many such callers the user sees, and the id of the last one."""
        [found] = self.env["telephony.followup"]._read_group(
            self._get_domain(), aggregates=["__count", "id:max"]
        )
        return found[0], found[1] or 0

    @api.model
    def _get_domain(self):
        return [("state", "=", "open"), ("kind", "=", "single")]

    def action_dismiss(self):
        """Dismiss them: their follow-ups are done, their calls stay in the log.

        :return: an action
        """
        self.ensure_one()
        # As the user: only whom they see.
        followups = self.env["telephony.followup"].search(
            [*self._get_domain(), ("id", "<=", self.last_id)], order="id"
        )
        # sudo - telephony.followup: whoever sees it may say that it is done
        for ids in split_every(BATCH_SIZE, followups.ids):
            followups.sudo().browse(ids)._dismiss()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s unknown callers were dismissed.", count=len(followups)
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
