"""Where a telephone system keeps its recordings, and how Odoo gets at them."""

import posixpath
import re
import string
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import NO_ACCESS

from odoo.addons.telephony_connector.engine.origin import (
    leads_elsewhere,
    origin,
    origins,
)
from odoo.addons.telephony_connector.providers.base import get_authority_mark
from odoo.addons.telephony_connector.tools.groups import ADMINISTRATOR

from ..tools.recording_client import Access, RecordingError

# What says where the password for recordings is sent.
PLACE_FIELDS = ("recording_pattern", "voicemail_pattern", "tls_ca")

PLACEHOLDERS = ("file", "path", "message", "uniqueid", "number", "extension", "date")
# What only the telephone system can tell; without it there is no address.
TOLD = ("file", "path", "message")
# What has folders in it; all else is one part of the address.
PATHS = ("path", "message")
DATE_FORMAT = re.compile(r"(%[YmdHMSjy]|[-/_.])+")


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    recording_pattern = fields.Char(
        string="Recordings' Address",
        help="Where the telephone system's web server shows a recording: "
        "https://pbx.example.com/monitor/{path}, or with {file}, {uniqueid}, {number}, "
        "{extension} and {date:%Y/%m/%d} in place.",
        groups=ADMINISTRATOR,
    )
    recording_folder = fields.Char(
        string="Recordings' Folder",
        default="/var/spool/asterisk/monitor/",
        help="On the telephone system; {path} is what comes after it.",
        groups=ADMINISTRATOR,
    )
    voicemail_pattern = fields.Char(
        string="Messages' Address",
        help="Where the web server shows a message that was left: "
        "https://pbx.example.com/voicemail/{message}.wav, where {message} is as "
        "default/1001/INBOX/msg0000.",
        groups=ADMINISTRATOR,
    )
    recording_mode = fields.Selection(
        [("link", "Stay on the telephone system"), ("fetch", "Are fetched into Odoo")],
        string="Recordings",
        required=True,
        default="link",
        groups=ADMINISTRATOR,
    )
    recording_hosts = fields.Char(
        string="Other Servers with Recordings",
        help="The telephone system or its API may name addresses of recordings. Odoo "
        "reads them from these servers alone: https://recordings.example.com.",
        groups=ADMINISTRATOR,
    )
    recording_username = fields.Char(
        string="User Name for Recordings", groups=ADMINISTRATOR, copy=False
    )
    recording_secret = fields.Char(
        string="Password for Recordings",
        compute="_compute_secrets",
        inverse="_inverse_recording_secret",
        groups=ADMINISTRATOR,
        copy=False,
        help="Write-only: a new value replaces the stored one, which is never shown. "
        "It is sent to the servers of the two addresses alone, never to a browser; "
        "another server needs it typed anew.",
    )
    stored_recording_secret = fields.Char(groups=NO_ACCESS, copy=False)
    recording_secret_places = fields.Char(groups=NO_ACCESS, copy=False)
    has_recording_secret = fields.Boolean(
        compute="_compute_has_recording_secret", groups=ADMINISTRATOR
    )
    recording_note = fields.Text(
        string="Note on Recording",
        translate=True,
        help="Shown while a call is recorded and where a recording is played: what "
        "callers are told, and what a recording may be used for.",
    )

    # === COMPUTE METHODS === #

    def _inverse_recording_secret(self):
        self._store_secret("recording_secret")

    @api.depends(lambda self: ("stored_recording_secret", *self._get_place_fields()))
    def _compute_has_recording_secret(self):
        for pbx in self:
            pbx.has_recording_secret = bool(pbx._get_secret("recording_secret"))

    # === SECRETS === #

    @api.model
    def _get_secret_fields(self):
        return super()._get_secret_fields() | {"recording_secret"}

    @api.model
    def _get_place_fields(self):
        return super()._get_place_fields() | frozenset(PLACE_FIELDS)

    def _get_secret_places(self, name):
        if name != "recording_secret":
            return super()._get_secret_places(name)
        # sudo - telephony.pbx: users do not see the certificate
        mark = get_authority_mark(self.sudo().tls_ca)
        return frozenset(
            f"{place}{mark if place.scheme == 'https' else ''}"
            for place in self._get_recording_origins()
        )

    def _get_recording_origins(self):
        """Return the servers of the two addresses.

        :rtype: frozenset[Origin]
        """
        return origins((self.recording_pattern, self.voicemail_pattern))

    # === CONSTRAINT METHODS === #

    @api.constrains("recording_pattern", "voicemail_pattern", "recording_hosts")
    def _check_recordings(self):
        for pbx in self:
            for pattern in filter(None, (pbx.recording_pattern, pbx.voicemail_pattern)):
                pbx._check_pattern(pattern)
            for host in (pbx.recording_hosts or "").split():
                if origin(host) is None or host.rstrip("/").count("/") > 2:
                    raise ValidationError(
                        pbx.env._(
                            "“%(host)s” is not a valid server address, such as "
                            "https://recordings.example.com.",
                            host=host,
                        )
                    )

    def _check_pattern(self, pattern):
        """Refuse an address whose server would depend on what a call brings along."""
        server = re.match(r"https?://[^/{}]+/", pattern)
        plain = re.sub(r"\{[^}]*\}", "x", pattern)
        if not server or origin(server[0]) is None or leads_elsewhere(plain):
            raise ValidationError(
                self.env._(
                    "“%(pattern)s” must begin with http:// or https://, a server's "
                    "name and a slash, and lead up nowhere (no ..).",
                    pattern=pattern,
                )
            )
        try:
            parts = list(string.Formatter().parse(pattern))
        except ValueError as error:
            raise ValidationError(str(error)) from error
        for _text, name, form, conversion in parts:
            is_right = name is None or (
                name in PLACEHOLDERS
                and not conversion
                and bool(form) == (name == "date")
                and (not form or DATE_FORMAT.fullmatch(form))
            )
            if not is_right:
                raise ValidationError(
                    self.env._(
                        "“%(pattern)s” may hold {file}, {path}, {message}, {uniqueid}, "
                        "{number}, {extension} and dates as {date:%%Y/%%m/%%d}.",
                        pattern=pattern,
                    )
                )

    # === BUSINESS METHODS === #

    def _build_recording_url(self, pattern, call):
        """Return the address of a call's recording, ``None`` where it can't be known.

        :param str pattern: one of the two of this telephone system
        :param call: a `telephony.call`, as superuser
        """
        path = self._get_relative_path(call.recording_path or "")
        values = {
            "file": posixpath.basename(path),
            "path": path,
            "message": _safe_path(call.voicemail_path or ""),
            "uniqueid": call.uniqueid,
            "number": call.number or "",
            "extension": call.extension_id.number or "",
        }
        quoted = {
            name: quote(value, safe="/" if name in PATHS else "")
            for name, value in values.items()
        }
        texts = []
        for text, name, form, _conversion in string.Formatter().parse(pattern):
            texts.append(text)
            if name == "date":
                texts.append(self._format_folder(call, form))
            elif name:
                if name in TOLD and not quoted[name]:
                    return None
                texts.append(quoted[name])
        url = "".join(texts)
        # A caller id, too, is what somebody chose.
        return None if leads_elsewhere(url) else url

    def _get_relative_path(self, path):
        """Return what comes after the folder, nothing for what leads out of it."""
        folder = (self.recording_folder or "").rstrip("/") + "/"
        if path.startswith(folder):
            path = path[len(folder) :]
        return _safe_path(path)

    def _format_folder(self, call, form):
        """Write a call's date as its system names folders: in its own time."""
        zone = self.company_id.resource_calendar_id.tz or self.env.user.tz or "UTC"
        start = call.start_date or call.create_date
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), start)
        return local.strftime(form)

    def _get_recording_servers(self):
        """Return the servers that Odoo may ask for recordings.

        :rtype: frozenset[Origin]
        """
        hosts = (self.recording_hosts or "").split()
        return self._get_recording_origins() | origins(hosts)

    def _get_recording_access(self):
        """Return what the client of recordings may do for this telephone system.

        :rtype: Access
        :raise RecordingError: nothing, as this database is a copy
        """
        if self._is_off():
            raise RecordingError("off")
        # sudo - telephony.pbx: users do not see the login and the certificate
        pbx_sudo = self.sudo()
        username = pbx_sudo.recording_username
        secret = pbx_sudo._get_secret("recording_secret")
        return Access(
            pbx_sudo._get_recording_servers(),
            pbx_sudo._get_recording_origins(),
            (username, secret) if username and secret else None,
            pbx_sudo.tls_ca or "",
            pbx_sudo.allow_unencrypted,
        )


def _safe_path(path):
    """Return a path without a leading slash, nothing where it leads elsewhere."""
    path = path.lstrip("/")
    return "" if ".." in path.split("/") or not path.isprintable() else path
