"""Recordings are fetched into Odoo, some time after their call."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools.mimetypes import get_extension

from ..providers import recording_client
from ..providers.recording_client import RecordingError

_logger = logging.getLogger(__name__)

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
SUPERVISOR = "telephony_connector.group_telephony_supervisor"


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    recording_tries = fields.Integer(groups=NO_ACCESS)
    recording_next_date = fields.Datetime(groups=NO_ACCESS)

    _recording_waiting_idx = models.Index(
        "(recording_next_date) WHERE recording_state = 'waiting'"
    )

    # === WHEN === #

    def _wait_for_recording(self):
        """Have the recording fetched soon."""
        due = fields.Datetime.now() + FIRST_TRY
        self.write(
            {
                "recording_state": "waiting",
                "recording_error": False,
                "recording_tries": 0,
                "recording_next_date": due,
            }
        )
        self._get_fetch_cron()._trigger(due)

    @api.model
    def _get_fetch_cron(self):
        # sudo - ir.cron: the system's own scheduled action
        return self.env.ref("telephony_connector.ir_cron_fetch_recordings").sudo()

    @api.model
    def _cron_fetch_recordings(self):
        """Fetch the recordings that are due, one transaction each."""
        cron = self.env["ir.cron"]
        while calls := self._get_due_recordings(BATCH_SIZE):
            for call in calls:
                found = call._download_recording()
                # The log may have been written to meanwhile, by the door or a user.
                cron._commit_progress()
                call._take_recording(*found)
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

    # === HOW === #

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

    def _take_recording(self, url, found):
        """Store what was found, or why it was not, if it is still wanted.

        :param url: the address that it was asked for at
        :param found: see `_download_recording`
        """
        self.invalidate_recordset()
        is_wanted = self.recording_state == "waiting"
        if not is_wanted or self.stored_recording_url != url:
            return
        if isinstance(found, RecordingError):
            self._note_missing(found)
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
        self.write({"recording_state": "fetched", "recording_error": False})

    def _note_missing(self, error):
        """Try again later, or give up where that would not help."""
        values = {"recording_error": self._get_recording_error(error.code)}
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
            "type": self.env._("What the server sent is no sound."),
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
