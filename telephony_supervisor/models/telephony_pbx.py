"""What supervisors see of a telephone system, and do with its agents.

They listen to calls by codes of the telephone system's own.

Nothing of it is offered before an administrator has acknowledged that the law may
forbid it; who did, and when, is kept.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.telephony_connector.engine import pbx_text
from odoo.addons.telephony_connector.tools.groups import ADMINISTRATOR, SUPERVISOR

# How a supervisor listens to an agent's call: unheard, heard by the agent, by both.
SPY_MODES = ("listen", "whisper", "barge")
# What a supervisor may do with an agent, in the order in which it is shown.
AGENT_ACTIONS = ("pause", "resume", "log_in", "log_out", *SPY_MODES)
ACKNOWLEDGEMENT = frozenset(("spy_user_id", "spy_date"))


class TelephonyPbx(models.Model):
    _name = "telephony.pbx"
    _inherit = ["telephony.pbx", "bus.listener.mixin"]

    listen_code = fields.Char(
        help="What is dialed before an agent's extension to hear the agent's call, "
        "where the dial plan has such a code, as *551. Empty: not offered.",
        groups=ADMINISTRATOR,
    )
    whisper_code = fields.Char(
        help="As above, to be heard by the agent alone. Empty: not offered.",
        groups=ADMINISTRATOR,
    )
    barge_code = fields.Char(
        help="As above, to be heard by both sides. Empty: not offered.",
        groups=ADMINISTRATOR,
    )
    dials_codes = fields.Boolean(compute="_compute_dials_codes", groups=ADMINISTRATOR)
    spy_user_id = fields.Many2one(
        "res.users",
        string="Acknowledged By",
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
    )
    spy_date = fields.Datetime(
        string="Acknowledged On",
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
    )

    # === COMPUTE METHODS === #

    @api.depends("provider")
    def _compute_dials_codes(self):
        for pbx in self:
            pbx.dials_codes = bool(pbx.provider) and pbx._get_provider().dials_codes

    # === CONSTRAINT METHODS === #

    @api.constrains(*(f"{mode}_code" for mode in SPY_MODES))
    def _check_spy_codes(self):
        for pbx in self:
            codes = filter(None, pbx._get_spy_codes())
            if not all(pbx_text.CODE.fullmatch(code) for code in codes):
                raise ValidationError(
                    pbx.env._("Codes are made of digits, * and # only.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_spy_acknowledgement(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_spy_acknowledgement(vals)
        return super().write(vals)

    def _check_spy_acknowledgement(self, vals):
        if ACKNOWLEDGEMENT & vals.keys() and not self.env.su:
            raise AccessError(
                self.env._(
                    "The legal notice can only be accepted by the user who read it."
                )
            )

    # === ACTION METHODS === #

    def action_acknowledge_spying(self):
        """Record that the current user has read what is to be heeded, and when."""
        self.check_access("write")
        # sudo - telephony.pbx: who acknowledged it can't be written by hand
        self.sudo().write(
            {"spy_user_id": self.env.uid, "spy_date": fields.Datetime.now()}
        )

    # === THE DOOR OUT === #

    @api.model
    def _get_way_group(self, way):
        if way in SPY_MODES:
            return SUPERVISOR
        return super()._get_way_group(way)

    def _get_code(self, way):
        if way in SPY_MODES:
            code = self._get_spy_modes().get(way)
            return f"{code}{{number}}" if code else ""
        return super()._get_code(way)

    def _get_reserved_codes(self, way):
        # Those of modes that are not offered (any more), too.
        codes = set(filter(None, self._get_spy_codes()))
        own = self._get_code(way).removesuffix("{number}")
        return super()._get_reserved_codes(way) | (codes - {own})

    # === BUSINESS METHODS === #

    def _get_spy_codes(self):
        return [self[f"{mode}_code"] or "" for mode in SPY_MODES]

    def _get_spy_modes(self):
        """Return in which ways supervisors may listen to agents' calls.

        :return: the code to dial by each mode, none before the law note was
            acknowledged
        :rtype: dict
        """
        self.ensure_one()
        if not self.spy_date:
            return {}
        codes = zip(SPY_MODES, self._get_spy_codes(), strict=True)
        return {mode: code for mode, code in codes if code}

    # === THE BOARD === #

    def _get_agent_actions(self):
        """Return what supervisors can do with agents, of ``AGENT_ACTIONS``, in order.

        :rtype: list[str]
        """
        self.ensure_one()
        provider = self._get_provider()
        offered = set(provider.get_agent_actions())
        if provider.can_dial_codes():
            # sudo - telephony.pbx: what is offered supervisors need, not by which code
            offered |= self.sudo()._get_spy_modes().keys()
        return [name for name in AGENT_ACTIONS if name in offered]

    def _get_fault_text(self):
        """Return why what Odoo knows of this telephone system may be old, if so."""
        self.ensure_one()
        if not self.has_listener:
            return False
        if self._has_leader() and self.connection_state == "connected":
            return False
        return self._get_connection_text()

    def _notify_watchers(self, calls=(), extensions=()):
        """Tell the boards that are open what changed."""
        changed = {"calls": calls, "extensions": extensions}
        payload = {name: list(ids) for name, ids in changed.items() if ids}
        for pbx in self:
            pbx._bus_send(
                "telephony.board/changed",
                {"pbx_id": pbx.id, **payload},
                subchannel="board",
            )
        return super()._notify_watchers(calls, extensions)
