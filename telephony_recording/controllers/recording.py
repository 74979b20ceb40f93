from werkzeug.exceptions import Forbidden, NotFound

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import Response, content_disposition, request

from ..tools import recording_client
from ..tools.recording_client import RecordingError

# What is passed on of the telephone system's answer.
PASSED_HEADERS = ("Content-Length", "Content-Range", "Accept-Ranges")


class TelephonyRecording(http.Controller):
    """Recordings are heard here and nowhere else: who may is asked each time."""

    @http.route(
        "/telephony/recording/<int:call_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def play(self, call_id, download=False):
        """Send a call's recording, or the part that the Range header asks for.

        From Odoo's own file; else passed on from the telephone system, whose login
        stays on this server.

        :param download: to keep it, which needs a right of its own
        """
        call = request.env["telephony.call"].browse(call_id).exists()
        if not call or not call.has_access("read"):
            raise NotFound
        try:
            call._check_recording_access(to_keep=bool(download))
        except AccessError as error:
            raise Forbidden(str(error)) from error
        attachment_sudo = call._get_recording_attachment()
        if attachment_sudo:
            response = self._send_file(attachment_sudo, bool(download))
        else:
            response = self._pass_on(call, bool(download))
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def _send_file(self, attachment_sudo, to_keep):
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo)
        return stream.get_response(as_attachment=to_keep)

    def _pass_on(self, call, to_keep):
        # sudo - telephony.call: the raw address, which stays on this server
        url = call.sudo().stored_recording_url
        if not url:
            raise NotFound
        if not call._is_on_known_server():
            call._check_recording_access(to_keep=True)
            return request.redirect(url, local=False)
        try:
            answer = recording_client.open_recording(
                call.pbx_id._get_recording_access(),
                url,
                request.httprequest.headers.get("Range"),
            )
        except RecordingError as error:
            raise NotFound(call._get_recording_error(error.code)) from error
        mimetype = recording_client.read_type(answer)
        headers = {
            name: answer.headers[name]
            for name in PASSED_HEADERS
            if name in answer.headers
        }
        if to_keep:
            name = call._get_recording_name(mimetype)
            headers["Content-Disposition"] = content_disposition(name)
        response = Response(
            answer.iter_content(recording_client.CHUNK),
            status=answer.status_code,
            headers={
                **headers,
                "Content-Security-Policy": "default-src 'none'",
                "X-Content-Type-Options": "nosniff",
            },
            content_type=mimetype,
            direct_passthrough=True,
        )
        response.call_on_close(answer.close)
        return response
