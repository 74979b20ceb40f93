"""Where a telephone system was set up: a copy of the database leaves it alone."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ..engine.texts import text
from .telephony_pbx import CONNECTION_STATES

_logger = logging.getLogger(__name__)

# A server that was woken listens within seconds, one that starts within the minute.
PATIENCE = timedelta(minutes=2)


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    home = fields.Json(
        groups=NO_ACCESS,
        copy=False,
        help="What tells the database that it was set up in, or taken over by, from "
        "its copies: see _get_here.",
    )
    off_reason = fields.Text(
        string="Switched Off",
        compute="_compute_off_reason",
        groups="telephony_connector.group_telephony_administrator",
        help="Why Odoo leaves the telephone system alone in this database.",
    )

    shown_state = fields.Selection(
        CONNECTION_STATES,
        string="Connection",
        compute="_compute_shown_state",
        help="The connection's state, and that there is none in a copy of a database.",
    )

    # === COMPUTE METHODS === #

    @api.depends("connection_state", "connection_date", "home")
    def _compute_shown_state(self):
        for pbx in self:
            state = pbx.connection_state
            if pbx._is_off():
                state = "off"
            elif state == "connecting" and pbx._waits_in_vain():
                state = "stopped"
            pbx.shown_state = state

    def _waits_in_vain(self):
        """Say whether no listener came to connect, though one was woken."""
        self.ensure_one()
        patience = fields.Datetime.now() - PATIENCE
        since = self.connection_date
        return not since or (since < patience and not self._has_leader())

    @api.depends("home")
    @api.depends_context("lang")
    def _compute_off_reason(self):
        here = self._get_here()
        for pbx in self:
            # sudo - telephony.pbx: no user reads what a database is known by
            known_sudo = pbx._origin.sudo()
            pbx.off_reason = known_sudo and known_sudo._describe_distance(here)

    def _describe_distance(self, here):
        """Return in words how this database differs from the telephone system's.

        :param dict here: as ``_get_here``
        :return: "" where it does not
        :rtype: str
        """
        self.ensure_one()
        home = self.home or {}
        texts = {
            "uuid": self.env._("the database has another identifier"),
            "name": self.env._(
                "the database is called “%(here)s”, that one “%(there)s”",
                here=here["name"],
                there=home.get("name", ""),
            ),
            "oid": self.env._("the database was copied or restored"),
            "system": self.env._("the database is on another PostgreSQL server"),
        }
        differences = [
            difference
            for key, difference in texts.items()
            if key in here and key in home and here[key] != home[key]
        ]
        if home and not differences:
            return ""
        return self.env._(
            "“%(name)s” was set up in another database, and a copy must not ring real "
            "telephones: Odoo neither connects nor dials here. What differs: "
            "%(differences)s.",
            name=self.name,
            differences="; ".join(differences) or self.env._("it is not known"),
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        pbxs = super().create(vals_list)
        # sudo - telephony.pbx: no user writes what a database is known by
        pbxs.sudo().home = self._get_here()
        pbxs._await_connection()
        return pbxs

    # === ACTION METHODS === #

    def action_take_over(self):
        """Have Odoo use the telephone systems from this database on.

        :raise AccessError: the user may not administer them
        """
        self.check_access("write")
        # sudo - telephony.pbx: no user writes what a database is known by
        self.sudo().home = self._get_here()
        self.filtered(lambda pbx: pbx.connection_state == "off")._set_connection(
            "stopped"
        )
        self.env["telephony.listener"]._notify_settings()
        self._await_connection()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    @api.model
    def _get_here(self):
        """Return what tells this database from all others, its copies included.

        ``createdb -T`` and ``pg_dump`` keep the uuid, a rename keeps the oid, and a
        dump that is restored under the same name differs by the oid or the server. A
        replica that was promoted has them all.

        :return: ``uuid``, ``name``, ``oid`` and ``system``, the identifier of the
            PostgreSQL server; that is missing where Odoo's role may not read it
        :rtype: dict
        """
        [[name, oid, is_readable]] = self.env.execute_query(
            SQL(
                """
                SELECT datname, oid::bigint,
                       has_function_privilege('pg_control_system()', 'execute')
                  FROM pg_database
                 WHERE datname = current_database()
                """
            )
        )
        # sudo - ir.config_parameter: compared, never shown
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        here = {
            "uuid": parameters_sudo.get_param("database.uuid"),
            "name": name,
            "oid": oid,
        }
        if is_readable:
            [[here["system"]]] = self.env.execute_query(
                SQL("SELECT system_identifier::text FROM pg_control_system()")
            )
        return here

    def _filtered_at_home(self):
        """Return the telephone systems that Odoo uses here; show that others are off.

        For the listener.
        """
        off = self.filtered(lambda pbx: pbx._is_off())
        for pbx in off:
            if pbx.connection_state != "off":
                _logger.warning("%s: switched off: this is a copy", pbx.name)
                pbx._set_connection("off", text("off", name=pbx.name))
        return self - off

    def _is_off(self):
        """Say whether this database is a copy that leaves the telephone system alone.

        :rtype: bool
        """
        self.ensure_one()
        # sudo - telephony.pbx: whether, not why
        return bool(self.sudo().off_reason)

    def _is_listened(self):
        """Say whether a listener of this database keeps a connection with it.

        :rtype: bool
        """
        self.ensure_one()
        return self.active and self.has_listener and not self._is_off()

    def _check_at_home(self):
        """Make sure that this database is not a copy that is to leave these alone.

        :raise UserError: it is
        """
        for pbx in self:
            if pbx._is_off():
                raise UserError(pbx._get_off_text())

    def _get_off_text(self):
        """Return in words for every user that the telephone system is off."""
        self.ensure_one()
        return self.env["telephony.text"]._render(text("off", name=self.name))
