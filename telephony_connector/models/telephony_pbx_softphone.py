"""Telephone systems that are reached by links, and that tell of calls by links."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..providers.softphone_presets import SOFTPHONES
from ..tools.parameters import read_id
from .telephony_pbx import ADMINISTRATOR

# Parameters of a call's address by our own names, and the fields that rename them.
URL_KEYS = {
    "number": "url_number_key",
    "dialed": "url_dialed_key",
    "uniqueid": "url_uniqueid_key",
    "name": "url_name_key",
}
# These say which page is meant, whatever the softphone.
RESERVED_KEYS = frozenset(("pbx", "ref", "call", "direction"))
KEY = re.compile(r"[A-Za-z][\w.\-]{0,31}", re.ASCII)


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    dial_link = fields.Char(
        string="Link to Dial",
        default="tel:{number}",
        help="What the browser opens when a user clicks a number: tel:{number}, "
        "sip:{number}@example.com, callto:{number}, zoiper:{number} or the scheme that "
        "the softphone registers.",
        groups=ADMINISTRATOR,
    )
    url_number_key = fields.Char(
        string="Caller's Number In",
        required=True,
        default="number",
        help="Name of the parameter in the address that a softphone opens on a call.",
        groups=ADMINISTRATOR,
    )
    url_dialed_key = fields.Char(
        string="Number Called In",
        required=True,
        default="dialed",
        groups=ADMINISTRATOR,
    )
    url_uniqueid_key = fields.Char(
        string="Call's ID In",
        required=True,
        default="uniqueid",
        help="Where the softphone sends one, the call's page is the same however often "
        "it is opened. Without one, only a reload leads to the same page again.",
        groups=ADMINISTRATOR,
    )
    url_name_key = fields.Char(
        string="Caller's Name In",
        required=True,
        default="name",
        groups=ADMINISTRATOR,
    )
    softphone = fields.Selection(
        selection="_selection_softphone",
        default="other",
        required=True,
        groups=ADMINISTRATOR,
    )
    softphone_where = fields.Char(
        compute="_compute_softphone_line",
        groups=ADMINISTRATOR,
    )
    softphone_line = fields.Text(
        string="Line to Paste",
        compute="_compute_softphone_line",
        groups=ADMINISTRATOR,
    )

    # === COMPUTE METHODS === #

    @api.model
    def _selection_softphone(self):
        return [(code, phone.label) for code, phone in SOFTPHONES.items()]

    @api.depends("softphone", *URL_KEYS.values())
    @api.depends_context("lang")
    def _compute_softphone_line(self):
        url = f"{self.env['telephony.pbx'].get_base_url()}/telephony/incoming"
        for pbx in self:
            phone = SOFTPHONES[pbx.softphone or "other"]
            pbx.softphone_where = self.env._(phone.where)
            pbx.softphone_line = pbx._origin.id and phone.get_line(
                url, pbx._get_url_keys(), pbx._origin.id
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("provider", "dial_link")
    def _check_dial_link(self):
        for pbx in self.filtered(lambda pbx: pbx.provider == "softphone"):
            pbx._get_provider().check_settings()

    @api.constrains(*URL_KEYS.values())
    def _check_url_keys(self):
        for pbx in self:
            keys = list(pbx._get_url_keys().values())
            if any(not KEY.fullmatch(key) or key in RESERVED_KEYS for key in keys):
                raise ValidationError(
                    pbx.env._(
                        "A parameter name starts with a letter and contains only "
                        "letters, digits, _, . and -. These names are reserved: "
                        "%(names)s.",
                        names=", ".join(sorted(RESERVED_KEYS)),
                    )
                )
            if len(set(keys)) < len(keys):
                raise ValidationError(pbx.env._("Each parameter needs a unique name."))

    # === BUSINESS METHODS === #

    def _get_url_keys(self):
        """Return the names of the parameters of a call's address, by our own names.

        :rtype: dict
        """
        self.ensure_one()
        return {ours: self[field] or ours for ours, field in URL_KEYS.items()}

    @api.model
    def _read_url(self, parameters):
        """Translate what a softphone put into a call's address into our own words.

        :param dict parameters: names and values as they came
        :return: those that mean something, by our own names
        :rtype: dict
        """
        # sudo - telephony.pbx: what parameters are called is no secret, and the page
        # itself checks whether the user may know the telephone system
        pbx_sudo = self.sudo().browse()
        if pbx_id := read_id(parameters.get("pbx")):
            pbx_sudo = self.sudo().browse(pbx_id).exists()
        # sudo - telephony.extension: one's own, in whatever company it is
        pbx_sudo = pbx_sudo or self.env.user.sudo().telephony_extension_ids[:1].pbx_id
        keys = pbx_sudo._get_url_keys() if pbx_sudo else {key: key for key in URL_KEYS}
        keys |= {key: key for key in RESERVED_KEYS - {"direction"}}
        return {
            ours: parameters[theirs]
            for ours, theirs in keys.items()
            if parameters.get(theirs)
        }
