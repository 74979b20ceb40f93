"""What is kept of our dealings with MightyCall's server."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS

WINDOW = timedelta(hours=24)


class TelephonyMightycallSession(models.Model):
    """A bearer token that MightyCall's server gave us.

    Kept in the database so that all workers use one: each login counts as an API call.
    """

    _name = "telephony.mightycall.session"
    _description = "Login at MightyCall"
    _log_access = False

    pbx_id = fields.Many2one("telephony.pbx", required=True, ondelete="cascade")
    extension_id = fields.Many2one(
        "telephony.extension",
        index="btree_not_null",
        ondelete="cascade",
        help="Whose login it is; empty for the account's own.",
    )
    place = fields.Char(
        groups=NO_ACCESS, help="The server that gave it, and gets it back."
    )
    access = fields.Char(groups=NO_ACCESS)
    refresh = fields.Char(groups=NO_ACCESS)
    expire_date = fields.Datetime(required=True)

    _pbx_extension_uniq = models.UniqueIndex("(pbx_id, COALESCE(extension_id, 0))")

    @api.model
    def _store(self, pbx, extension, place, access, refresh, expire_date):
        """Keep a token in place of the one before.

        :param str place: as ``Provider.get_login_place`` of the server that gave it
        """
        self.env.cr.execute(
            """
            INSERT INTO telephony_mightycall_session
                        (pbx_id, extension_id, place, access, refresh, expire_date)
                 VALUES (%s, %s, %s, %s, %s, %s)
            ON CONFLICT (pbx_id, COALESCE(extension_id, 0)) DO UPDATE
                    SET place = EXCLUDED.place,
                        access = EXCLUDED.access, refresh = EXCLUDED.refresh,
                        expire_date = EXCLUDED.expire_date
            """,
            [pbx.id, extension.id or None, place, access, refresh, expire_date],
        )
        self.invalidate_model()


class TelephonyMightycallRequest(models.Model):
    """One request to MightyCall's server, which counts them."""

    _name = "telephony.mightycall.request"
    _description = "Request to MightyCall"
    _order = "id desc"
    _log_access = False

    pbx_id = fields.Many2one(
        "telephony.pbx", required=True, ondelete="cascade", readonly=True
    )
    name = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)

    _pbx_date_idx = models.Index("(pbx_id, date)")

    @api.model
    def _count(self, pbx):
        """Return how many requests were made in the last 24 hours."""
        since = fields.Datetime.now() - WINDOW
        return self.search_count([("pbx_id", "=", pbx.id), ("date", ">", since)])

    @api.autovacuum
    def _gc_requests(self):
        limit = 10_000
        old = self.search(
            [("date", "<", fields.Datetime.now() - 2 * WINDOW)], limit=limit
        )
        old.unlink()
        return len(old), len(old) == limit
