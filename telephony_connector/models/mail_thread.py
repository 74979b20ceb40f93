from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_get_suggested_recipients(
        self,
        reply_discussion=False,
        reply_message=None,
        no_create=True,
        primary_email=False,
        additional_partners=None,
    ):
        # Each opening of a chatter asks whom an answer would go to. Odoo looks for the
        # last message of the discussion among all that the chatter has, with their
        # texts; where calls are logged these may be thousands.
        if reply_discussion and not reply_message:
            reply_discussion = False
            reply_message = self._telephony_last_message()
        return super()._message_get_suggested_recipients(
            reply_discussion=reply_discussion,
            reply_message=reply_message,
            no_create=no_create,
            primary_email=primary_email,
            additional_partners=additional_partners,
        )

    def _telephony_last_message(self):
        """Return the last message of the discussion that somebody may answer.

        Which messages belong to it is Odoo's to say; here those are left out that calls
        have: what is logged, and notes.
        """
        self.ensure_one()
        messages = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", ("email", "comment")),
                ("subtype_id", "!=", self.env.ref("mail.mt_note").id),
            ]
        )
        return self._sort_suggested_messages(messages)[:1]
