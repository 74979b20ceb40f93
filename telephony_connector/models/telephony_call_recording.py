"""The recording of a call: where it is, who may hear it, who may keep it."""

from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

from ..engine.origin import origin

MAX_URL = 2048
MAX_PATH = 1024
DOWNLOAD_GROUP = "telephony_connector.group_telephony_download"
RECORDING_STATES = [
    ("linked", "On the telephone system"),
    ("waiting", "To be fetched"),
    ("fetched", "In Odoo"),
    ("failed", "Not to be had"),
    ("deleted", "Deleted"),
]
# What a change may say of these is kept: a listener that begins anew knows nothing.
TOLD_PATHS = {"recording_file": "recording_path", "voicemail_file": "voicemail_path"}
TOLD_FACTS = {"recorded": "is_recorded", "voicemail_duration": "voicemail_duration"}


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    is_recorded = fields.Boolean(
        string="Recorded", readonly=True, help="The telephone system began to record."
    )
    voicemail_duration = fields.Integer(
        string="Length of the Message", readonly=True, help="In seconds."
    )
    voicemail_text = fields.Char(string="Voicemail", compute="_compute_voicemail_text")
    recording_state = fields.Selection(RECORDING_STATES, readonly=True)
    recording_error = fields.Char(readonly=True)
    recording_path = fields.Char(groups=NO_ACCESS)
    voicemail_path = fields.Char(groups=NO_ACCESS)
    stored_recording_url = fields.Char(groups=NO_ACCESS)
    recording_file = fields.Binary(attachment=True, groups=NO_ACCESS)
    recording_url = fields.Char(
        string="Recording's Address",
        compute="_compute_recording_url",
        help="Where the telephone system keeps the call's recording; it decides who "
        "may hear it. Empty for those who may not keep recordings.",
    )
    recording = fields.Json(
        compute="_compute_recording",
        help="What the player must know; empty for those who may not hear it.",
    )
    recording_note = fields.Text(
        compute="_compute_recording_note",
        help="The telephone system's note on recording, where the call is recorded.",
    )

    _recording_idx = models.Index(
        "(start_date) WHERE recording_state IN "
        "('linked', 'waiting', 'fetched', 'failed')"
    )

    # === COMPUTE METHODS === #

    @api.depends("voicemail", "voicemail_duration")
    def _compute_voicemail_text(self):
        for call in self:
            call.voicemail_text = call.voicemail and call._get_voicemail_text()

    @api.depends(
        "stored_recording_url",
        "user_ids",
        "leg_ids.answer_date",
        "is_registered",
        "is_content_shared",
        "res_model",
        "res_id",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_recording_url(self):
        readable = self._filtered_download_access()
        # sudo - telephony.call: the raw address, for those who may know it
        for call, call_sudo in zip(self, self.sudo(), strict=True):
            call.recording_url = call in readable and call_sudo.stored_recording_url

    @api.depends(
        "recording_state",
        "recording_error",
        "recording_note",
        "stored_recording_url",
        "voicemail_duration",
        "duration",
        "user_ids",
        "leg_ids.answer_date",
        "is_registered",
        "is_content_shared",
        "res_model",
        "res_id",
    )
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_recording(self):
        with_one = self.filtered("recording_state")
        hearing = with_one._filtered_content_access()
        keeping = hearing._filtered_download_access()
        for call in self:
            call.recording = call in hearing and call._describe_recording(
                call in keeping
            )

    @api.depends("is_recorded", "recording_state", "pbx_id")
    @api.depends_context("lang")
    def _compute_recording_note(self):
        for call in self:
            tells = call.pbx_id and call.pbx_id._get_provider().has_listener
            has_one = call.is_recorded or call.recording_state or not tells
            call.recording_note = has_one and call.pbx_id.recording_note

    def _get_voicemail_text(self):
        """Return that a message was left, and how long it is where that is known."""
        self.ensure_one()
        if not self.voicemail_duration:
            return self.env._("Voicemail left")
        return self.env._(
            "Voicemail left, %(seconds)s s", seconds=self.voicemail_duration
        )

    def _describe_recording(self, may_keep):
        self.ensure_one()
        states = dict(self._fields["recording_state"]._description_selection(self.env))
        return {
            "state": self.recording_state,
            "state_text": states[self.recording_state],
            "error": self.recording_error or False,
            "url": self._is_playable(may_keep) and f"/telephony/recording/{self.id}",
            "can_download": may_keep,
            "duration": self.voicemail_duration or self.duration,
            "note": self.recording_note or False,
        }

    def _is_playable(self, may_keep):
        """Say whether the controller has something to play.

        A link to a server that Odoo may not ask is opened by the browser itself, which
        gives the address away.
        """
        if self.recording_state == "fetched":
            return True
        if self.recording_state == "deleted":
            return False
        # sudo - telephony.call: whether there is an address, not which
        return bool(self.sudo().stored_recording_url) and (
            may_keep or self._is_on_known_server()
        )

    def _is_on_known_server(self):
        """Say whether the recording's address is on a server that Odoo may ask."""
        # sudo - telephony.call: whose server it is, not which address
        call_sudo = self.sudo()
        servers = call_sudo.pbx_id._get_recording_servers()
        return origin(call_sudo.stored_recording_url) in servers

    # === ACCESS === #

    def _filtered_download_access(self):
        """Return those of the calls whose recording the current user may keep."""
        if self.env.su:
            return self
        if not self.env.user.has_group(DOWNLOAD_GROUP):
            return self.browse()
        return self._filtered_content_access()

    def _check_recording_access(self, to_keep=False):
        """Make sure that the current user may hear the recording, or keep it.

        :raise AccessError: they may not
        """
        self.check_access("read")
        allowed = (
            self._filtered_download_access()
            if to_keep
            else self._filtered_content_access()
        )
        if self - allowed:
            raise AccessError(
                self.env._("You may not download recordings.")
                if to_keep
                else self.env._("You may not hear this call's recording.")
            )

    # === WHERE IT IS === #

    @api.model
    def _is_recording_url(self, url):
        """Say whether a text is an address that a browser may be sent to.

        :rtype: bool
        """
        if not isinstance(url, str) or len(url) > MAX_URL or not url.isprintable():
            return False
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and not (parts.username or parts.password)
        )

    def _set_recording(self, url):
        """Store where the call's recording is; the same again changes nothing.

        What was deleted stays deleted, whoever names it again.

        :param str url: one that ``_is_recording_url``
        :return: whether it was new
        :rtype: bool
        """
        self.ensure_one()
        if self.is_anonymized or self.recording_state == "deleted":
            return False
        if self.stored_recording_url == url:
            return False
        self.write({"stored_recording_url": url, "recording_state": "linked"})
        if self.pbx_id.recording_mode == "fetch" and self._is_on_known_server():
            self._wait_for_recording()
        return True

    def _locate_recordings(self):
        """Find the recordings of calls that are over, by their telephone systems'
        addresses."""
        for call in self.filtered(
            lambda call: call.state == "ended" and not call.recording_state
        ):
            url = call._find_recording_url()
            if url and self._is_recording_url(url):
                call._set_recording(url)

    def _find_recording_url(self):
        pbx = self.pbx_id
        if self.voicemail:
            pattern = pbx.voicemail_pattern
        elif self.answer_date and (
            self.is_recorded or not pbx._get_provider().has_listener
        ):
            pattern = pbx.recording_pattern
        else:
            pattern = None
        return pattern and pbx._build_recording_url(pattern, self)

    @api.model
    def _apply_listed(self, pbx, changes):
        """Take a telephone system's own list of ended calls into the log.

        Events tell more than the list does, and keep the last word on times.

        :param pbx: the `telephony.pbx` whose list it is
        :param list changes: partial changes without ``pbx_id``, with ``recording_url``
            where there is one
        """
        changes = [{**change, "pbx_id": pbx.id} for change in changes]
        known = self.sudo()._door_find(changes)
        news, recordings = [], {}
        for change in changes:
            key = pbx.id, change["uniqueid"]
            url = change.pop("recording_url", None)
            if url and self._is_recording_url(url):
                recordings[key] = url
            call = known.get(key)
            if call and call.state == "ended" and not call.incomplete:
                if change["voicemail"] and not call.voicemail:
                    names = ("pbx_id", "uniqueid", "voicemail", "voicemail_duration")
                    news.append({name: change.get(name) for name in names})
                continue
            news.append({**change, "is_listed": True})
        calls = self._apply_parts(news)
        by_key = known | {(call.pbx_id.id, call.uniqueid): call for call in calls}
        for key, url in recordings.items():
            by_key[key]._set_recording(url)

    # === THE DOOR === #

    def _door_values(self, change, extensions):
        values = super()._door_values(change, extensions)
        if values is None:
            return None
        told = {
            **{name: change.get(key) for key, name in TOLD_FACTS.items()},
            **{
                name: (change.get(key) or "").replace("\0", "")[:MAX_PATH]
                for key, name in TOLD_PATHS.items()
            },
        }
        for name, value in told.items():
            if value and self[:1][name] != value:
                values[name] = value
        return values

    def _door_after(self):
        result = super()._door_after()
        self._locate_recordings()
        return result
