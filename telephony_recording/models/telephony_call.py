"""The recording of a call: where it is, who may hear it, who may keep it.

It stays on the telephone system, or is fetched into Odoo some time after the call.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools.mimetypes import get_extension

from odoo.addons.telephony_connector.engine.origin import is_web_address, origin
from odoo.addons.telephony_connector.tools.groups import SUPERVISOR

from ..tools import recording_client
from ..tools.recording_client import RecordingError

_logger = logging.getLogger(__name__)

MAX_PATH = 1024
DOWNLOAD_GROUP = "telephony_recording.group_telephony_download"
RECORDING_STATES = [
    ("linked", "On the telephone system"),
    ("waiting", "To be fetched"),
    ("fetched", "In Odoo"),
    ("failed", "Unavailable"),
    ("deleted", "Deleted"),
]
# What a change may say of these is kept: a listener that begins anew knows nothing.
TOLD_PATHS = {"recording_file": "recording_path", "voicemail_file": "voicemail_path"}
TOLD_FACTS = {"recorded": "is_recorded"}
# A recording is written to its file, and often converted, after the call.
FIRST_TRY = timedelta(seconds=10)
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
)
BATCH_SIZE = 20
EXTENSIONS = {
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/vnd.wave": ".wav",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/mp4": ".m4a",
    "audio/x-gsm": ".gsm",
}


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    is_recorded = fields.Boolean(
        string="Recorded", readonly=True, help="The telephone system began to record."
    )
    recording_state = fields.Selection(RECORDING_STATES, readonly=True)
    recording_error_code = fields.Char(
        readonly=True, help="Why it can't be had: see _get_recording_error."
    )
    recording_error = fields.Char(compute="_compute_recording_error")
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

    recording_tries = fields.Integer(groups=NO_ACCESS)
    recording_next_date = fields.Datetime(groups=NO_ACCESS)

    _recording_waiting_idx = models.Index(
        "(recording_next_date) WHERE recording_state = 'waiting'"
    )

    # === COMPUTE METHODS === #

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
        "recording_error_code",
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

    @api.depends("recording_error_code")
    @api.depends_context("lang")
    def _compute_recording_error(self):
        for call in self:
            code = call.recording_error_code
            call.recording_error = code and self._get_recording_error(code)

    @api.depends("is_recorded", "recording_state", "pbx_id")
    @api.depends_context("lang")
    def _compute_recording_note(self):
        for call in self:
            tells = call.pbx_id and call.pbx_id.has_listener
            has_one = call.is_recorded or call.recording_state or not tells
            call.recording_note = has_one and call.pbx_id.recording_note

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

    def _has_recording(self):
        # sudo - telephony.call: whether there is one, not what is said in it
        call_sudo = self.sudo()
        return super()._has_recording() or bool(
            call_sudo.is_recorded or call_sudo.recording_state
        )

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

    def _prepare_recording(self, url):
        """Return the values that say where the call's recording is.

        The same again changes nothing, and what was deleted stays deleted, whoever
        names it again.

        :param url: what a telephone system says, or nothing
        :rtype: dict
        """
        is_new = is_web_address(url) and self.stored_recording_url != url
        if not is_new or self.is_anonymized or self.recording_state == "deleted":
            return {}
        return {"stored_recording_url": url, "recording_state": "linked"}

    def _set_recording(self, url):
        """Store where the recording of one call is, and have it fetched if wanted.

        :param str url: one that ``is_web_address``
        """
        self.ensure_one()
        values = self._prepare_recording(url)
        self.write(values)
        if values and self._is_fetchable():
            self._wait_for_recording()

    def _is_fetchable(self):
        """Say whether the recording is to be fetched, from where it is now."""
        self.ensure_one()
        return self.pbx_id.recording_mode == "fetch" and self._is_on_known_server()

    def _locate_recordings(self):
        """Find the recordings of calls that are over, by their telephone systems'
        addresses."""
        for call in self.filtered(
            lambda call: call.state == "ended" and not call.recording_state
        ):
            url = call._find_recording_url()
            if is_web_address(url):
                call._set_recording(url)

    def _find_recording_url(self):
        pbx = self.pbx_id
        if self.voicemail:
            pattern = pbx.voicemail_pattern
        elif self.answer_date and (self.is_recorded or not pbx.has_listener):
            pattern = pbx.recording_pattern
        else:
            pattern = None
        return pattern and pbx._build_recording_url(pattern, self)

    # === WHEN IT IS FETCHED === #

    def _wait_for_recording(self):
        """Have the recording fetched soon."""
        due = fields.Datetime.now() + FIRST_TRY
        self.write(
            {
                "recording_state": "waiting",
                "recording_error_code": False,
                "recording_tries": 0,
                "recording_next_date": due,
            }
        )
        self._get_fetch_cron()._trigger(due)

    @api.model
    def _get_fetch_cron(self):
        # sudo - ir.cron: the system's own scheduled action
        return self.env.ref("telephony_recording.ir_cron_fetch_recordings").sudo()

    @api.model
    def _cron_fetch_recordings(self):
        """Fetch the recordings that are due, one transaction each."""
        cron = self.env["ir.cron"]
        while calls := self._get_due_recordings(BATCH_SIZE):
            for call in calls:
                found = call._download_recording()
                # The log may have been written to meanwhile, by the door or a user.
                cron._commit_progress()
                call._process_fetched(*found)
                remaining = self._count_due_recordings()
                if not cron._commit_progress(1, remaining=remaining):
                    return

    @api.model
    def _get_due_domain(self):
        return [
            ("recording_state", "=", "waiting"),
            ("recording_next_date", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _get_due_recordings(self, limit):
        return self.search(
            self._get_due_domain(), limit=limit, order="recording_next_date, id"
        )

    @api.model
    def _count_due_recordings(self):
        return self.search_count(self._get_due_domain())

    # === HOW IT IS FETCHED === #

    def _download_recording(self):
        """Ask for the recording of one call. Writes nothing.

        :return: (address, (bytes, mimetype) or the `RecordingError`)
        """
        self.ensure_one()
        url = self.stored_recording_url
        try:
            access = self.pbx_id._get_recording_access()
            return url, recording_client.download(access, url)
        except RecordingError as error:
            _logger.info("Recording of call %s: %s", self.id, error.code)
            return url, error

    def _process_fetched(self, url, found):
        """Store what was found, or why it was not, if it is still wanted.

        :param url: the address that it was asked for at
        :param found: see `_download_recording`
        """
        self.invalidate_recordset()
        is_wanted = self.recording_state == "waiting"
        if not is_wanted or self.stored_recording_url != url:
            return
        if isinstance(found, RecordingError):
            self._set_missing(found)
        else:
            self._store_recording(*found)

    def _store_recording(self, content, mimetype):
        self._get_recording_attachment().unlink()
        # sudo - ir.attachment: of a field that nobody reads but by the controller
        self.env["ir.attachment"].sudo().create(
            {
                "name": self._get_recording_name(mimetype),
                "res_model": self._name,
                "res_id": self.id,
                "res_field": "recording_file",
                "raw": content,
                "mimetype": mimetype,
            }
        )
        self.write({"recording_state": "fetched", "recording_error_code": False})

    def _set_missing(self, error):
        """Try again later, or give up where that would not help."""
        values = {"recording_error_code": error.code}
        tries = self.recording_tries
        if error.is_final or tries >= len(PAUSES):
            values["recording_state"] = "failed"
        else:
            due = fields.Datetime.now() + PAUSES[tries]
            values |= {"recording_tries": tries + 1, "recording_next_date": due}
            self._get_fetch_cron()._trigger(due)
        self.write(values)

    @api.model
    def _get_recording_error(self, code):
        """Return in words why a recording can't be had."""
        texts = {
            "missing": self.env._("The telephone system has no such recording."),
            "refused": self.env._("The telephone system refused Odoo's login."),
            "host": self.env._(
                "The recording is on a server that the telephone system's form does "
                "not name."
            ),
            "off": self.env._(
                "This database is a copy, in which the telephone system is switched "
                "off."
            ),
            "redirect": self.env._(
                "The server sends elsewhere, where Odoo does not follow."
            ),
            "unencrypted": self.env._(
                "The recording's server would get the password without encryption: use "
                "https, or allow it on the telephone system's form."
            ),
            "type": self.env._("The server did not send audio."),
            "size": self.env._("The recording is too large."),
            "time": self.env._("The recording took too long to fetch."),
        }
        return texts.get(code, self.env._("The recording's server can't be reached."))

    def _get_recording_attachment(self):
        """Return the file of the recording, as superuser."""
        # sudo - ir.attachment: callers have checked who may hear the recording
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", "recording_file"),
                ]
            )
        )

    def _get_recording_name(self, mimetype):
        """Return the name that a downloaded recording gets."""
        self.ensure_one()
        start = self.start_date or self.create_date
        date = fields.Datetime.context_timestamp(self, start)
        # sudo - telephony.call: the address ends as the file's name does
        known = get_extension(self.sudo().stored_recording_url or "")
        extension = EXTENSIONS.get(mimetype) or known or ""
        number = (self.number or "").lstrip("+")
        return " ".join(filter(None, [f"{date:%Y-%m-%d %H.%M}", number])) + extension

    # === ACTIONS === #

    def action_fetch_recording(self):
        """Try again to fetch the recordings.

        :raise AccessError: the user is no supervisor
        :raise UserError: there is nothing to fetch
        """
        self._check_supervisor()
        # sudo - telephony.call: the log is written by the system for everyone
        calls_sudo = self.sudo().filtered(
            lambda call: call.recording_state in ("linked", "failed", "waiting")
        )
        if not calls_sudo:
            raise UserError(self.env._("There is no recording to fetch."))
        calls_sudo._wait_for_recording()

    def _check_supervisor(self):
        """Make sure that the user is a supervisor who sees these calls.

        :raise AccessError: they are not
        """
        self.check_access("read")
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(self.env._("Only supervisors may do this."))

    # === THE DOOR === #

    def _prepare_call_values(self, change):
        values = super()._prepare_call_values(change)
        if values is None:
            return None
        told = {
            **{name: change.get(key) for key, name in TOLD_FACTS.items()},
            **{
                name: (change.get(key) or "").replace("\0", "")[:MAX_PATH]
                for key, name in TOLD_PATHS.items()
            },
            **self._prepare_recording(change.get("recording_url")),
        }
        for name, value in told.items():
            if value and self[:1][name] != value:
                values[name] = value
        return values

    def _process_changes(self):
        result = super()._process_changes()
        self._locate_recordings()
        wanted = self.filtered(
            lambda call: call.recording_state == "linked" and call._is_fetchable()
        )
        if wanted:
            wanted._wait_for_recording()
        return result
