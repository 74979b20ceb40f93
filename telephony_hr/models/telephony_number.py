from dataclasses import replace

from odoo import api, models

EMPLOYEES = "hr.employee"
CONTACTS = "res.partner"
# What everybody may know of a colleague.
WORK_FIELDS = ("mobile_phone", "work_phone")


class TelephonyNumber(models.Model):
    _inherit = "telephony.number"

    @api.model
    def _replace_unreadable(self, hits):
        """Name colleagues by their contact where the user may not read employees."""
        hits = super()._replace_unreadable(hits)
        if self.env[EMPLOYEES].has_access("read"):
            return hits
        found = {(hit.model, hit.res_id): hit for hit in hits if hit.model != EMPLOYEES}
        for hit in hits:
            if hit.model == EMPLOYEES and hit.field in WORK_FIELDS:
                # sudo - hr.employee: which contact is the employee's; whether the user
                # may read that one is asked by the match
                employees_sudo = self.env[EMPLOYEES].sudo().browse(hit.res_id)
                for contact in employees_sudo.exists().work_contact_id:
                    found.setdefault(
                        (CONTACTS, contact.id),
                        replace(hit, model=CONTACTS, res_id=contact.id, field="phone"),
                    )
        return list(found.values())
