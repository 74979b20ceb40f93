from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..engine import auto_answer, pbx_text
from ..engine.pbx_text import plain_text
from ..tools.groups import ADMINISTRATOR, USER
from ..tools.stored import strip_texts


def split_queues(names):
    """Return the queues that a field of an extension names, as a list."""
    return names.split(", ") if names else []


class TelephonyExtension(models.Model):
    """An internal number of a telephone system and the user who sits behind it."""

    _name = "telephony.extension"
    _inherit = ["telephony.checked.mixin"]
    _description = "Extension"
    _order = "sequence, number, id"
    _rec_name = "number"
    _check_company_auto = True

    number = fields.Char(required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    pbx_id = fields.Many2one(
        "telephony.pbx",
        string="Telephone System",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["telephony.pbx"].search([], limit=1),
    )
    company_id = fields.Many2one(related="pbx_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="set null",
        domain="[('share', '=', False)]",
    )
    user_lacks_right = fields.Boolean(
        string="Right Missing",
        compute="_compute_user_lacks_right",
        groups=ADMINISTRATOR,
        help="The user has not the right Telephony: User, so the extension is of no "
        "use in Odoo.",
    )
    devices = fields.Char(
        help="The phones of this extension where they do not bear its number, "
        "separated by commas, as PJSIP/1001-desk, PJSIP/1001-mobile. A click rings the "
        "first one, or all where the dial string is Local/…. Empty: the telephone "
        "system's dial string.",
        groups=ADMINISTRATOR,
    )

    caller_id = fields.Char(
        string="Caller ID Shown",
        help="The number that outside parties see when this extension calls from Odoo. "
        "With the dial string Local/… the dial plan must use it. Empty: the telephone "
        "system's.",
    )
    auto_answer = fields.Selection(
        [
            ("off", "Off"),
            ("call_info", "Call-Info: …;answer-after=0"),
            ("alert_info", "Alert-Info: …;info=alert-autoanswer"),
            ("header", "Another header"),
        ],
        string="Auto-Answer",
        required=True,
        default="off",
        help="After a click, the desk phone answers automatically and the other party "
        "is called at once. The phone must be configured to accept this header. "
        "Other calls do not carry it. With a Local/… dial string, the dial plan "
        "must send it.",
    )
    auto_answer_header = fields.Char(
        string="Header",
        help="As X-Auto-Answer: yes. Call-Info, Alert-Info, Answer-Mode, "
        "P-Auto-Answer and headers that begin with X- are possible.",
    )

    # What its phones are doing, written by the listener
    availability = fields.Selection(
        [
            ("idle", "Free"),
            ("ringing", "Ringing"),
            ("in_use", "On the phone"),
            ("on_hold", "On hold"),
            ("unavailable", "Not reachable"),
        ],
        readonly=True,
        copy=False,
    )
    queues = fields.Char(
        readonly=True, copy=False, help="The queues whose calls it gets."
    )
    paused_queues = fields.Char(
        readonly=True, copy=False, help="The queues in which it has a break."
    )
    pause_reason = fields.Char(
        readonly=True, copy=False, help="Why it has a break, where anybody said."
    )
    state_date = fields.Datetime(
        string="Since",
        readonly=True,
        copy=False,
        help="When its phones began to do what they do, or the break began or ended.",
    )

    _number_pbx_uniq = models.Constraint(
        "UNIQUE(number, pbx_id)",
        "This extension already exists on the telephone system.",
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "pbx_id.name")
    def _compute_display_name(self):
        for extension in self:
            extension.display_name = (
                f"{extension.number} ({extension.pbx_id.name})"
                if extension.pbx_id
                else extension.number
            )

    @api.depends("user_id.all_group_ids")
    def _compute_user_lacks_right(self):
        for extension in self:
            # sudo - res.users: another user's groups; only whether one is among them
            user_sudo = extension.user_id.sudo()
            extension.user_lacks_right = bool(
                user_sudo and not user_sudo.has_group(USER)
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("auto_answer", "auto_answer_header")
    def _check_auto_answer(self):
        for extension in self:
            text = extension.auto_answer_header or ""
            if not text and extension.auto_answer != "header":
                continue
            try:
                auto_answer.read_header(text)
            except ValueError as error:
                raise ValidationError(
                    extension.env._(
                        "“%(header)s” is not a valid auto-answer header. Write it as "
                        "X-Auto-Answer: yes, without commas and quotation marks.",
                        header=text,
                    )
                ) from error

    @api.constrains("number", "devices", "caller_id")
    def _check_number(self):
        for extension in self:
            caller_id = extension.caller_id
            if caller_id and not pbx_text.CALLER_ID.fullmatch(caller_id):
                raise ValidationError(
                    extension.env._(
                        "“%(number)s” is not a valid caller ID. Use digits and an "
                        "optional leading +.",
                        number=caller_id,
                    )
                )
            if not pbx_text.EXTENSION.fullmatch(extension.number or ""):
                raise ValidationError(
                    extension.env._(
                        "“%(number)s” is not a valid extension. Use digits, * and # "
                        "only.",
                        number=extension.number,
                    )
                )
            for device in extension._get_devices():
                if not pbx_text.DEVICE.fullmatch(device):
                    raise ValidationError(
                        extension.env._(
                            "“%(device)s” is not a valid device. Write it as "
                            "PJSIP/1001-desk.",
                            device=device,
                        )
                    )

    # === ACTION METHODS === #

    def action_grant_right(self):
        """Give the extensions' users the right to telephone from Odoo.

        Whoever administers the telephone system may: they decide who has an extension.

        :raise AccessError: the user may not administer the telephone system
        """
        self.check_access("write")
        lacking = self.filtered("user_lacks_right").user_id
        # sudo - res.users: telephony administrators give this one right, no other
        lacking.filtered(lambda user: not user.share).sudo().write(
            {"group_ids": [Command.link(self.env.ref(USER).id)]}
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        extensions = super().create([strip_texts(self, vals) for vals in vals_list])
        self.env.registry.clear_cache()  # numbers are read with it
        self.env["telephony.listener"]._notify_settings()
        extensions.pbx_id._notify_watchers()
        self._notify_presence_channels()
        return extensions

    def write(self, vals):
        pbxs = self.pbx_id
        result = super().write(strip_texts(self, vals))
        if vals.keys() & {"number", "pbx_id", "devices", "active"}:
            self.env["telephony.listener"]._notify_settings()
        if vals.keys() & {"number", "pbx_id", "user_id", "active"}:
            (pbxs | self.pbx_id)._notify_watchers()
        if vals.keys() & {"number", "pbx_id", "active"}:
            self.env.registry.clear_cache()
        if vals.keys() & {"user_id", "pbx_id", "active"}:
            self._notify_presence_channels()
        return result

    def unlink(self):
        self.env["telephony.listener"]._notify_settings()
        self.pbx_id._notify_watchers()
        self._notify_presence_channels()
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _notify_presence_channels(self):
        """Have web clients ask anew whose presence they may learn of."""
        self.env.ref(USER).sudo()._bus_send("telephony.presences/changed", {})

    # === FOR THE LISTENER === #

    @api.model
    def _set_presence(self, pbx_id, presences):
        """Write what the phones of a telephone system are doing; notify who sees it.

        :param list presences: dicts ``extension`` (number), ``availability``,
            ``queues`` and ``paused_queues`` (names) and ``pause_reason``
        """
        by_number = {presence["extension"]: presence for presence in presences}
        extensions = self.search(
            [("pbx_id", "=", pbx_id), ("number", "in", list(by_number))]
        )
        changed, moved = self.browse(), self.browse()
        for extension in extensions:
            presence = by_number[extension.number]
            values = {
                "availability": presence["availability"] or False,
                "queues": plain_text(", ".join(presence["queues"])) or False,
                "paused_queues": plain_text(", ".join(presence["paused_queues"]))
                or False,
                "pause_reason": plain_text(presence["pause_reason"] or "") or False,
            }
            new = {name for name in values if extension[name] != values[name]}
            if new & {"availability", "paused_queues"}:
                values["state_date"] = fields.Datetime.now()
            if new:
                extension.write(values)
                changed |= extension
            if new & {"queues", "paused_queues", "pause_reason"}:
                moved |= extension
        for pbx, extensions in changed.grouped("pbx_id").items():
            pbx._notify_watchers(extensions=extensions.ids)
        changed.user_id._notify_telephony_presence()
        for user in moved.user_id:
            user._bus_send("telephony.agent/changed", {})

    # === BUSINESS METHODS === #

    def _get_devices(self):
        """Return the names of the extension's phones, the one that a click rings first.

        :return: list of names in Asterisk's form, as ``PJSIP/1001``
        """
        self.ensure_one()
        # sudo - telephony.extension: how a phone is rung users need, and can't read
        extension_sudo = self.sudo()
        listed = [name.strip() for name in (extension_sudo.devices or "").split(",")]
        template = extension_sudo.pbx_id.dial_string or ""
        return [name for name in listed if name] or (
            [template.replace("{number}", self.number)] if template else []
        )

    def _get_click_device(self):
        """Return the channel that a click rings.

        With the dial string ``Local/…`` the dial plan rings all phones of the
        extension; ``devices`` then only says which they are. An Originate rings one.
        """
        self.ensure_one()
        devices = self._get_devices()
        # sudo - telephony.pbx: as in `_get_devices`
        template = self.sudo().pbx_id.dial_string or ""
        if template.startswith("Local/") and not devices[0].startswith("Local/"):
            return template.replace("{number}", self.number)
        return devices[0]

    def _get_auto_answer(self):
        """Return the header by which the phone picks up a click, name and value;
        ``False`` for none."""
        self.ensure_one()
        if self.auto_answer == "header":
            return auto_answer.read_header(self.auto_answer_header)
        return auto_answer.HEADERS.get(self.auto_answer, False)

    def _get_presence(self):
        """Return what the extension's phones are doing: of `PRESENCES`, none to two."""
        self.ensure_one()
        states = [self.availability] if self.availability else []
        if self.availability == "idle" and self.paused_queues:
            states.append("paused")
        return states
