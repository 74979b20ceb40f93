from odoo import api, fields, models


class TelephonyCallPop(models.Model):
    """That a user's page of a call was opened, so that no second tab or browser does.

    One row a user and call: whoever inserts it first opens the page.
    """

    _name = "telephony.call.pop"
    _description = "Opened Page of a Call"
    _log_access = False

    call_id = fields.Many2one(
        "telephony.call", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade"
    )

    _call_user_uniq = models.Constraint(
        "UNIQUE(call_id, user_id)", "A call's page opens only once per user."
    )

    @api.model
    def _claim(self, call, user):
        """Take the right to open the call's page for the user, for good.

        :return: whether nobody had it before
        :rtype: bool
        """
        self.env.cr.execute(
            """
            INSERT INTO telephony_call_pop (call_id, user_id) VALUES (%s, %s)
            ON CONFLICT DO NOTHING RETURNING id
            """,
            [call.id, user.id],
        )
        return bool(self.env.cr.rowcount)
