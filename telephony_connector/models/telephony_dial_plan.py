"""What numbers are read with is cached; here is what empties that cache."""

from odoo import api, models


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    @api.model_create_multi
    def create(self, vals_list):
        pbxs = super().create(vals_list)
        self.env.registry.clear_cache()
        return pbxs

    def write(self, vals):
        result = super().write(vals)
        read_with = {
            "active",
            "area_code",
            "company_id",
            "country_id",
            "outside_prefix",
            "sequence",
        }
        if not read_with.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result


class TelephonyExtension(models.Model):
    _inherit = "telephony.extension"

    @api.model_create_multi
    def create(self, vals_list):
        extensions = super().create(vals_list)
        self.env.registry.clear_cache()
        return extensions

    def write(self, vals):
        result = super().write(vals)
        if not {"active", "number", "pbx_id"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
