from odoo import http
from odoo.http import Response, request

from ..providers.threecx import build_template
from ..tools.groups import ADMINISTRATOR
from . import guard
from .api import api_route, read_query


class TelephonyLookup(http.Controller):
    """Who calls: asked by dial plans before a telephone rings."""

    @api_route("/telephony/lookup", "GET")
    @guard.guarded
    def lookup(self, **parameters):
        """Say who has a number: JSON, or one value as text where that is asked for."""
        pbx_sudo = guard.authenticate(allow_basic=True)
        query = read_query("lookup", parameters)
        found = request.env["telephony.api"]._lookup(pbx_sudo, query["number"])
        if not self._wants_text(query):
            return guard.answer(found)
        value = found[query.get("field", "name")]
        if isinstance(value, bool):
            value = "1" if value else "0"
        return Response(
            value,
            headers={"Cache-Control": "no-store"},
            content_type="text/plain; charset=utf-8",
        )

    def _wants_text(self, query):
        if "format" in query:
            return query["format"] == "text"
        accepted = request.httprequest.accept_mimetypes
        best = accepted.best_match(["application/json", "text/plain"])
        return "field" in query or best == "text/plain"

    @http.route(
        "/telephony/pbx/<int:pbx_id>/3cx.xml", type="http", auth="user", methods=["GET"]
    )
    def template_3cx(self, pbx_id):
        """Give an administrator the template by which 3CX looks callers up here."""
        pbx = request.env["telephony.pbx"].search([("id", "=", pbx_id)])
        is_administrator = request.env.user.has_group(ADMINISTRATOR)
        if not pbx or not is_administrator:
            raise request.not_found()
        return Response(
            build_template(pbx.get_base_url()),
            headers={"Content-Disposition": 'attachment; filename="odoo-3cx.xml"'},
            content_type="application/xml; charset=utf-8",
        )
