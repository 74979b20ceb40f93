"""Where the recording of a call is to be heard."""

from urllib.parse import urlsplit

from odoo import api, fields, models

MAX_URL = 2048


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    stored_recording_url = fields.Char(groups=fields.NO_ACCESS)
    recording_url = fields.Char(
        string="Recording",
        compute="_compute_recording_url",
        help="Where the telephone system keeps the call's recording; it decides who "
        "may hear it. Empty for those who may see the call, but not what was said.",
    )

    @api.depends("stored_recording_url", "user_ids", "is_registered")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_recording_url(self):
        readable = self._filtered_content_access()
        # sudo - telephony.call: the raw address, for those who may know it
        for call, call_sudo in zip(self, self.sudo(), strict=True):
            call.recording_url = call in readable and call_sudo.stored_recording_url

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

        :param str url: one that ``_is_recording_url``
        :return: whether it was new
        :rtype: bool
        """
        self.ensure_one()
        if self.stored_recording_url == url:
            return False
        self.stored_recording_url = url
        return True

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
                    news.append(
                        {
                            name: change[name]
                            for name in ("pbx_id", "uniqueid", "voicemail")
                        }
                    )
                continue
            if call:
                for name in ("start_date", "answer_date"):
                    if call[name]:
                        change.pop(name, None)
            news.append(change)
        calls = self._apply_parts(news)
        by_key = known | {(call.pbx_id.id, call.uniqueid): call for call in calls}
        for key, url in recordings.items():
            by_key[key]._set_recording(url)
