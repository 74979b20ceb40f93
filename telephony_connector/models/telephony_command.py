from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ..engine.dial_rules import require_authorized
from ..engine.pbx_text import plain_text
from ..tools.groups import ADMINISTRATOR

# Seconds in which the listener must have taken a command up (a user waits no longer,
# and a phone that rings later is a nuisance), and in which it must have an answer,
# beyond the time that a phone may ring.
CLAIM_WITHIN = 5
ANSWER_WITHIN = 20
# It is not known whether it was done: the connection ended before the telephone system
# answered, it did not answer, it accepted a call and then told nothing of it.
UNKNOWN_CODES = ("unknown", "unanswered", "silent")
# What rings the user's own phone, and what of it dials.
RINGING_ACTIONS = ("dial", "pickup", "retrieve", "dial_code")
DIALING_ACTIONS = ("dial", "dial_code")
KEEP_DAYS = 30


class TelephonyCommand(models.Model):
    """What a web worker asks of a telephone system, and what came of it.

    Web workers hold no connection to a PBX. They leave a row and a NOTIFY; the listener
    that leads the PBX takes the row up (once: it is claimed in a transaction of its own
    before anything is sent) and writes the answer. A row that nobody took up in time
    expires and is never carried out later.
    """

    _name = "telephony.command"
    _description = "Command to a Telephone System"
    _order = "id desc"
    _rec_name = "action"

    pbx_id = fields.Many2one(
        "telephony.pbx", required=True, index=True, ondelete="cascade", readonly=True
    )
    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade", readonly=True
    )
    call_id = fields.Many2one(
        "telephony.call", index="btree_not_null", ondelete="cascade", readonly=True
    )
    action = fields.Char(required=True, readonly=True)
    payload = fields.Json(readonly=True, groups=ADMINISTRATOR)
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("sent", "Sent"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    code = fields.Char(
        readonly=True, help="Why it failed, as the listener classified it."
    )
    answer = fields.Char(readonly=True, help="What the telephone system reported.")
    expire_date = fields.Datetime(required=True, readonly=True)

    # === FOR WEB WORKERS === #

    @api.model
    def _send(self, pbx, action, payload, call=None):
        """Leave a command for the listener that leads ``pbx``.

        :param str action: what to do; the listener's ``commands`` know the names
        :param dict payload: what it needs, in plain values; ``number``, what is to be
            dialed, is an ``AuthorizedNumber`` of ``telephony.pbx._authorize``
        :param call: the `telephony.call` it is about, if any
        :return: the new command, as superuser
        :raise UserError: where nobody could carry it out now
        """
        if "number" in payload:
            require_authorized(payload["number"])
        self._check_reachable(pbx, action in DIALING_ACTIONS)
        command_sudo = self._as_system().create(
            {
                "pbx_id": pbx.id,
                "user_id": self.env.uid,
                "call_id": call.id if call else False,
                "action": action,
                "payload": payload,
                "expire_date": fields.Datetime.now() + timedelta(seconds=CLAIM_WITHIN),
            }
        )
        self.env["telephony.listener"]._notify({"command": pbx.id})
        return command_sudo

    @api.model
    def _check_reachable(self, pbx, dials):
        """Make sure that the listener can carry out a command now.

        :param pbx: the `telephony.pbx`
        :param bool dials: whether it dials: then the user reads that nothing was
        :raise UserError: telling the user what is wrong
        """
        pbx._check_at_home()
        if not pbx._has_leader():
            raise UserError(
                self.env._(
                    "Nothing was dialed: Odoo's telephony listener is not running. "
                    "Please tell your administrator."
                )
                if dials
                else self.env._(
                    "Nothing was done: Odoo's telephony listener is not running. "
                    "Please tell your administrator."
                )
            )
        if pbx.connection_state != "connected":
            state = pbx._get_connection_text()
            raise UserError(
                self.env._(
                    "Nothing was dialed: the telephone system “%(name)s” is not "
                    "connected (%(state)s).",
                    name=pbx.name,
                    state=state,
                )
                if dials
                else self.env._(
                    "Nothing was done: the telephone system “%(name)s” is not "
                    "connected (%(state)s).",
                    name=pbx.name,
                    state=state,
                )
            )

    @api.model
    def _hand_over(self, pbx, action, call):
        """Note a command that the provider carries out itself, and ends by ``_finish``.

        :return: the new command, as superuser
        """
        return self._as_system().create(
            {
                "pbx_id": pbx.id,
                "user_id": self.env.uid,
                "call_id": call.id,
                "action": action,
                "state": "sent",
                "expire_date": fields.Datetime.now()
                + timedelta(seconds=2 * ANSWER_WITHIN),
            }
        )

    @api.model
    def _as_system(self):
        """Return the model to create commands with."""
        # sudo - telephony.command: users may ask what their provider's methods offer,
        # not write rows of their own, nor set defaults for them
        return self.sudo().with_context(clean_context(self.env.context))

    def check(self):
        """Return what became of the user's command; end it where its time is over.

        :rtype: dict
        :return: as the bus's ``telephony.command/changed``
        """
        self.ensure_one()
        self.check_access("read")
        # sudo - telephony.command: the row is the user's own, its state the system's
        command_sudo = self.sudo()
        if command_sudo._is_overdue() and command_sudo.try_lock_for_update():
            if command_sudo.state == "pending":
                command_sudo._finish("expired", "timeout")
            else:  # the listener took it up, and may have sent it
                command_sudo._finish("failed", "unanswered")
        return command_sudo._prepare_payload()

    def _is_overdue(self):
        return (
            self.state in ("pending", "sent")
            and self.expire_date < fields.Datetime.now()
        )

    def _get_seconds_left(self):
        """Return the time that the listener still has for an answer, in seconds."""
        self.ensure_one()
        return max(0, (self.expire_date - fields.Datetime.now()).total_seconds())

    # === FOR THE LISTENER === #

    @api.model
    def _claim(self, pbx_id):
        """Take up what waits for a PBX: each row is handed out once, ever.

        The caller commits before it sends anything.

        :return: list of dicts ``id, action, payload``
        """
        now = fields.Datetime.now()
        waiting = self.sudo().search(
            [("pbx_id", "=", pbx_id), ("state", "=", "pending")], order="id"
        )
        waiting = waiting.try_lock_for_update()
        expired = waiting.filtered(lambda command: command.expire_date < now)
        for command in expired:
            command._finish("expired", "timeout")
        claimed = waiting - expired
        for command in claimed:
            ringing = (command.payload or {}).get("timeout", 0)
            command.write(
                {
                    "state": "sent",
                    "expire_date": now + timedelta(seconds=ringing + ANSWER_WITHIN),
                }
            )
        return [
            {
                "id": command.id,
                "action": command.action,
                "payload": command.payload,
                "call_id": command.call_id.id,
            }
            for command in claimed
        ]

    def _finish(self, state, code=False, answer=False):
        """Write what became of the command and notify its user.

        :param str state: ``done``, ``failed`` or ``expired``
        :param str code: of ``engine.errors``, or how the called phone ended it
        :param str answer: the telephone system's own words
        """
        for command in self.sudo():
            if command.state not in ("pending", "sent"):
                continue
            answer = plain_text(answer) if answer else False
            command.write({"state": state, "code": code, "answer": answer})
            if state != "done" and command.action == "dial":
                command._end_call()
            command.user_id._bus_send(
                "telephony.command/changed", command._prepare_payload()
            )

    def _end_call(self):
        """Close the call of a dial command that came to nothing."""
        call = self.call_id
        is_unknown = self.code in UNKNOWN_CODES
        if is_unknown and not call.pbx_id.has_listener:
            # It may ring: its events report, or in the end that none came.
            return
        if call.state == "ringing" and not call.source_revision:
            call._apply(
                [
                    {
                        "pbx_id": call.pbx_id.id,
                        "uniqueid": call.uniqueid,
                        "state": "ended",
                        "outcome": "failed",
                        "end_date": fields.Datetime.now(),
                    }
                ]
            )

    def _prepare_payload(self):
        self.ensure_one()
        return {
            "id": self.id,
            "call_id": self.call_id.id,
            "action": self.action,
            "state": self.state,
            "code": self.code or False,
            "message": self.with_context(lang=self.user_id.lang)._get_message(),
            "expires_in": self._get_seconds_left(),
        }

    def _get_message(self):
        """Return what came of the command, in words for its user."""
        self.ensure_one()
        if self.state in ("pending", "sent", "done"):
            return ""
        texts = self._get_failure_texts()
        if self.code in texts:
            return texts[self.code]
        if self.answer:
            return self.env._(
                "The telephone system refused: %(answer)s", answer=self.answer
            )
        return self.env._("The telephone system did not do it.")

    def _get_failure_texts(self):
        """Return why the command may have failed, by code, in words for its user.

        For an addon whose listener or provider has codes of its own, override and add
        to super's.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        rings = self.action in RINGING_ACTIONS
        return {
            "timeout": (
                self.env._(
                    "The telephone system did not answer in time. Nothing was dialed "
                    "later: please try again."
                )
                if self.action in DIALING_ACTIONS
                else self.env._(
                    "The telephone system did not answer in time. Nothing was done "
                    "later: please try again."
                )
            ),
            "phone_offline": self.env._(
                "Your phone %(extension)s is not reachable: is it switched on and "
                "registered?",
                extension=(self.payload or {}).get("extension", ""),
            ),
            "phone_unanswered": self.env._("Your own phone was not answered."),
            "phone_forwarded": self.env._(
                "Your own phone forwards its calls to %(number)s, where nobody "
                "answered.",
                number=self._get_forward_text(),
            ),
            "phone_busy": self.env._("Your own phone is busy."),
            "phone_declined": self.env._("The call was declined on your own phone."),
            "permission": self.env._(
                "Odoo's account on the telephone system may not do that. Please tell "
                "your administrator."
            ),
            "unreachable": self.env._("The telephone system can't be reached."),
            "login_refused": self.env._(
                "The telephone system refused Odoo's login. Please tell your "
                "administrator."
            ),
            "not_member": self.env._("The agent is not in this queue."),
            "member_exists": self.env._("The agent is already in this queue."),
            "member_fixed": self.env._(
                "The agent is a static member of this queue and cannot be logged out "
                "of it. A break keeps calls away."
            ),
            "no_queue": self.env._("The telephone system no longer has this queue."),
            "unknown": (
                self.env._(
                    "The connection ended before the telephone system answered: it is "
                    "not known whether your phone is ringing. Check it before you try "
                    "again."
                )
                if rings
                else self.env._(
                    "The connection ended before the telephone system answered: it is "
                    "not known whether it was done."
                )
            ),
            "unanswered": (
                self.env._(
                    "The telephone system did not answer: it is not known whether "
                    "your phone is ringing. Check it before you try again."
                )
                if rings
                else self.env._(
                    "The telephone system did not answer: it is not known whether it "
                    "was done."
                )
            ),
            "silent": self.env._(
                "The telephone system accepted the call but did not report on it: "
                "your phone may be ringing. Check it before you try again."
            ),
            "error": self.env._(
                "An error in Odoo prevented it. Please tell your administrator."
            ),
            "not_responding": self.env._("The telephone system does not respond."),
            "certificate": self.env._(
                "The telephone system's certificate is not trusted. Please tell your "
                "administrator."
            ),
            "invalid": self.env._(
                "Odoo can't send that to the telephone system. Please tell your "
                "administrator."
            ),
            "off": self.pbx_id._get_off_text(),
        }

    def _get_forward_text(self):
        """Return the number that the own phone forwards to, as people write it."""
        if self.code != "phone_forwarded":
            return ""
        return self.env["telephony.number"]._format(self.answer, self.pbx_id)

    # === MAINTENANCE === #

    @api.model
    def _abandon_sent(self, pbx_id):
        """End what an earlier listener took up and never answered."""
        sent = self.sudo().search([("pbx_id", "=", pbx_id), ("state", "=", "sent")])
        sent._finish("failed", "unknown")

    @api.autovacuum
    def _gc_commands(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.sudo().search([("create_date", "<", limit)], limit=10000).unlink()
