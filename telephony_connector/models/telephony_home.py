"""What the app shows first, and what where there is no telephone system yet."""

from markupsafe import Markup

from odoo import api, models

from ..tools.groups import ADMINISTRATOR

# How many administrators a user is told of.
MAX_NAMES = 3


class TelephonyHome(models.AbstractModel):
    """The way into the app, and the empty state of its pages."""

    _name = "telephony.home"
    _description = "First Page of Telephony"

    @api.model
    def _open(self):
        """Return the action of the app's first page.

        :rtype: dict
        """
        name = "telephony_connector.action_telephony_call"
        if self._has_system():
            name = self._get_first_page()
        return self.env["ir.actions.actions"]._for_xml_id(name)

    @api.model
    def _get_first_page(self):
        """Return the external id of the action that the app opens with.

        For an addon with another page for some users, override.
        """
        return "telephony_connector.action_telephony_call"

    @api.model
    def _has_system(self):
        """Say whether one of the user's companies has a telephone system."""
        # sudo - telephony.pbx: whether there is one is no secret
        pbxs_sudo = self.env["telephony.pbx"].sudo()
        domain = [("company_id", "in", self.env.companies.ids)]
        return bool(pbxs_sudo.search_count(domain, limit=1))

    @api.model
    def _get_help(self):
        """Return what an empty page says where there is no telephone system: how to
        connect one, or whom to ask."""
        if self.env.user.has_group(ADMINISTRATOR):
            return Markup(
                '<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>'
                '<p><a type="action" class="btn btn-primary" '
                'name="telephony_connector.action_telephony_pbx_setup">%s</a></p>'
            ) % (
                self.env._("Connect your first telephone system"),
                self.env._(
                    "Asterisk, FreePBX, softphones and any other system: a few steps "
                    "lead to the first call."
                ),
                self.env._("Set Up Telephony"),
            )
        return Markup('<p class="o_view_nocontent_neutral_face">%s</p><p>%s</p>') % (
            self.env._("No telephone system is connected yet"),
            self.env._(
                "Please ask an administrator to set one up: %(names)s.",
                names=", ".join(self._get_administrators().mapped("name")),
            ),
        )

    @api.model
    def _get_administrators(self):
        """Return whom a user of the current company can ask."""
        # sudo - res.groups: who administers the telephony; only names are told
        users_sudo = self.env.ref(ADMINISTRATOR).sudo().all_user_ids
        users = users_sudo.filtered(lambda user: self.env.company in user.company_ids)
        return users.sorted("id")[:MAX_NAMES]


class TelephonyHomeMixin(models.AbstractModel):
    """For models whose pages are empty as long as there is no telephone system."""

    _name = "telephony.home.mixin"
    _description = "Empty Page of Telephony"

    @api.model
    def get_empty_list_help(self, help_message):
        if self.env["telephony.home"]._has_system():
            return super().get_empty_list_help(help_message)
        return self.env["telephony.home"]._get_help()
