from odoo import models


class IrActionsServer(models.Model):
    """Keeps an action that calls from undoing what its automation rule reacts to."""

    _inherit = "ir.actions.server"

    def _handle_telephony_error(self, error, user):
        """Tell the user, where a rule runs the action; what it reacts to goes on."""
        # Automation rules leave this in the context of the actions that they run.
        if "__action_done" not in self.env.context:
            return super()._handle_telephony_error(error, user)
        user._bus_send(
            "simple_notification",
            {"type": "warning", "title": self.name, "message": str(error)},
        )
        return None
