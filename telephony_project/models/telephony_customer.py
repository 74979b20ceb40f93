from odoo import api, fields, models
from odoo.tools import format_date


class TelephonyCustomer(models.AbstractModel):
    _inherit = "telephony.customer"

    @api.model
    def _get_open_section_builders(self):
        return [*super()._get_open_section_builders(), self._build_tasks]

    @api.model
    def _build_tasks(self, customer):
        """Return the tasks that are neither done nor cancelled."""
        if not customer.partner:
            return None
        now = fields.Datetime.now()
        domain = [
            ("partner_id", "child_of", customer.family.ids),
            ("is_closed", "=", False),
            ("has_template_ancestor", "=", False),
        ]
        return self._make_list_section(
            "tasks",
            self.env._("Open Tasks"),
            "fa-tasks",
            "project.task",
            domain,
            lambda task: {
                "text": self._join(
                    # sudo - project.project, project.task.type: whoever may read a task
                    # of a private project reads these names on it
                    task.project_id.sudo().name,
                    task.stage_id.sudo().name,
                    task.date_deadline
                    and format_date(
                        self.env,
                        fields.Datetime.context_timestamp(self, task.date_deadline),
                    ),
                    ", ".join(task.user_ids.mapped("name")),
                ),
                "is_late": bool(task.date_deadline and task.date_deadline < now),
            },
        )
