"""The mail that supervisors get every Monday."""

from odoo import api, fields, models

from odoo.addons.telephony_connector.tools.groups import SUPERVISOR

TEMPLATE = "telephony_supervisor.mail_template_weekly_report"


class ResUsers(models.Model):
    _inherit = "res.users"

    telephony_weekly_report = fields.Boolean(
        string="Weekly Figures of Calls",
        default=True,
        help="A mail every Monday with the calls of the week before, for supervisors.",
    )

    # For the preferences, which Odoo shows to users of all groups.
    telephony_is_supervisor = fields.Boolean(compute="_compute_telephony_is_supervisor")

    @property
    def SELF_READABLE_FIELDS(self):
        own = ("telephony_is_supervisor", "telephony_weekly_report")
        return [*super().SELF_READABLE_FIELDS, *own]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "telephony_weekly_report"]

    @api.depends("group_ids")
    def _compute_telephony_is_supervisor(self):
        for user in self:
            user.telephony_is_supervisor = user.has_group(SUPERVISOR)

    @api.model
    def _cron_telephony_weekly_report(self):
        """Send last week's figures to the supervisors who did not decline."""
        supervisors = self.env.ref(SUPERVISOR).all_user_ids.filtered(
            lambda user: (
                user.active
                and user.telephony_weekly_report
                and user.email
                and user._is_internal()
            )
        )
        template = self.env.ref(TEMPLATE)
        for user in supervisors:
            # The figures are those of the calls that the reader may see.
            report = self.env["telephony.call.report"].with_user(user)
            figures = report.with_company(user.company_id).get_dashboard("last_week")
            if not figures["figures"][0]["value"]:
                continue
            template.with_context(telephony_figures=figures).send_mail(
                user.id, email_layout_xmlid="mail.mail_notification_light"
            )
