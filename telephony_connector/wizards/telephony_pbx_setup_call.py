"""The last step of the guided form: a first call, and what the other side needs."""

import json
import shlex

import phonenumbers

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import pbx_text

# The key of the context that carries a new token to where it is shown, as it is stored
# nowhere.
TOKEN_KEY = "telephony_new_token"
EXAMPLE_ID = "first-call"


class TelephonyPbxSetup(models.TransientModel):
    _inherit = "telephony.pbx.setup"

    own_number = fields.Char(
        string="Your Extension",
        help="The internal number of your own telephone: a click rings it.",
    )
    test_number = fields.Char(
        string="Then Call",
        help="Whom your telephone calls once you pick up, as your mobile phone. Empty: "
        "your own extension, so that nobody else is rung.",
    )
    connection_state = fields.Char(compute="_compute_connection")
    connection_message = fields.Char(compute="_compute_connection")
    is_connected = fields.Boolean(compute="_compute_connection")
    test_call_id = fields.Many2one("telephony.call", readonly=True, ondelete="set null")
    test_result = fields.Char(compute="_compute_test_result")
    is_tried = fields.Boolean(compute="_compute_test_result")
    token = fields.Char(compute="_compute_token", string="API Token")
    example = fields.Text(compute="_compute_example")
    arrived = fields.Char(compute="_compute_arrived")
    has_webhook = fields.Boolean(related="pbx_id.has_webhook")
    webhook_url = fields.Char(related="pbx_id.webhook_url")
    softphone_where = fields.Char(related="pbx_id.softphone_where")
    softphone_line = fields.Text(related="pbx_id.softphone_line")

    # === COMPUTE METHODS === #

    @api.depends("pbx_id.shown_state", "pbx_id.connection_reason")
    def _compute_connection(self):
        for setup in self:
            pbx = setup.pbx_id
            listens = pbx.has_listener
            states = dict(pbx._fields["shown_state"]._description_selection(self.env))
            setup.connection_state = listens and states.get(pbx.shown_state)
            setup.connection_message = listens and pbx.connection_message
            setup.is_connected = not listens or pbx.shown_state == "connected"

    @api.depends("test_call_id.state", "test_call_id.outcome")
    def _compute_test_result(self):
        for setup in self:
            call = setup.test_call_id
            # sudo - telephony.command: what came of one's own, in words
            commands_sudo = self.env["telephony.command"].sudo()
            domain = [("call_id", "=", call.id), ("action", "=", "dial")]
            command_sudo = call and commands_sudo.search(domain, limit=1)
            failure = command_sudo and command_sudo._get_message()
            setup.is_tried = bool(call) and not failure
            picked_up = command_sudo and command_sudo.state == "done"
            setup.test_result = failure or setup._describe_call(picked_up)

    @api.depends_context(TOKEN_KEY)
    def _compute_token(self):
        self.token = self.env.context.get(TOKEN_KEY)

    @api.depends("token", "own_number", "country_id", "pbx_id")
    def _compute_example(self):
        for setup in self:
            number = self._get_example_number(setup.country_id)
            body = {"id": EXAMPLE_ID, "direction": "inbound", "number": number}
            url = f"{setup.get_base_url()}/telephony/api/v1/calls"
            token = setup.token or setup.env._("<the token>")
            setup.example = (
                f"curl -sS -H {shlex.quote(f'Authorization: Bearer {token}')} \\\n"
                f"  -H 'Content-Type: application/json' \\\n"
                f"  -d {shlex.quote(json.dumps(body))} \\\n"
                f"  {shlex.quote(url)}"
            )

    @api.depends("pbx_id.token_ids.use_date")
    def _compute_arrived(self):
        for setup in self:
            setup.arrived = setup._describe_arrival()

    # === ACTION METHODS === #

    def action_finish(self):
        action = super().action_finish()
        own = self.pbx_id.extension_ids.filtered(
            lambda extension: extension.user_id == self.env.user
        )
        self.own_number = own[:1].number or self.own_number
        return action

    def action_new_token(self):
        """Make a token for the API and show it, with a request to send.

        :return: the action that shows the wizard again
        """
        self._check_pbx()
        token = self.env["telephony.token"]._make(self.pbx_id)
        return self.with_context(**{TOKEN_KEY: token})._show()

    def action_look(self):
        """See whether a request arrived, or the call went on.

        :return: the action that shows the wizard again
        """
        self._check_pbx()
        return self._show()

    def action_ring(self):
        """Ring the user's own phone by the telephone system that is set up.

        :return: as `telephony.client`'s ``dial``, of a call that was dialed
        :rtype: dict
        :raise UserError: with the reason in the user's words; nothing was dialed then
        """
        self._check_pbx()
        extension = self._get_own_extension()
        text = self.pbx_id._authorize(self.test_number or extension.number)
        if text.question:
            raise UserError(text.question)
        answer = self.env["telephony.client"]._ring(extension, text)
        self.test_call_id = answer["call_id"]
        # The call's page would take the guided form's place.
        return {**answer, "action": False}

    def action_download_3cx(self):
        """Download the template by which 3CX looks callers up here.

        :return: an action
        """
        self._check_pbx()
        return self.pbx_id.action_download_3cx()

    # === BUSINESS METHODS === #

    def _get_show_context(self):
        token = self.env.context.get(TOKEN_KEY)
        shown = super()._get_show_context()
        return {**shown, TOKEN_KEY: token} if token else shown

    def _store_pbx(self):
        result = super()._store_pbx()
        if self.own_number and "extensions" not in self._get_kind().steps:
            self._get_own_extension()
        return result

    def _describe_call(self, picked_up):
        """Return how the test call goes, in words.

        :param picked_up: whether the telephone system did what it was asked to
        """
        self.ensure_one()
        call = self.test_call_id
        if not call:
            return ""
        if not self.pbx_id.has_listener and not call.leg_ids:
            return self.env._("The call was passed on. Does your telephone ring?")
        if picked_up or call.state == "ongoing":
            return self.env._("You picked up: calls from Odoo work.")
        if call.state == "ringing":
            return self.env._("Your telephone rings. Pick up!")
        outcomes = dict(call._fields["outcome"]._description_selection(self.env))
        return self.env._(
            "The test call is over: %(outcome)s.",
            outcome=outcomes.get(call.outcome, call.outcome or ""),
        )

    def _describe_arrival(self):
        """Return what came by the API, in words; empty as long as nothing did."""
        self.ensure_one()
        used = self.pbx_id.token_ids.filtered("use_date")
        if not used:
            return ""
        call = self.env["telephony.call"].search(
            [("pbx_id", "=", self.pbx_id.id)], order="id desc", limit=1
        )
        if not call:
            return self.env._(
                "A request with the token arrived, but no call was registered yet."
            )
        return self.env._(
            "It arrived: a call with %(number)s stands in the log.",
            number=call._get_number_text(),
        )

    @api.model
    def _get_example_number(self, country):
        """Return a number of a country that an example may show."""
        example = country.code and phonenumbers.example_number(country.code)
        if not example:
            return "+33612345678"
        return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)

    def _get_own_extension(self):
        """Return the user's extension as it was typed; create it where it is new.

        :raise UserError: none was typed, or it is somebody else's
        """
        number = (self.own_number or "").strip()
        if not pbx_text.EXTENSION.fullmatch(number):
            raise UserError(
                self.env._("Which extension is your own telephone? Please type it.")
            )
        extension = self.pbx_id.extension_ids.filtered(
            lambda each: each.number == number
        )
        if not extension:
            return self.env["telephony.extension"].create(
                {
                    "number": number,
                    "pbx_id": self.pbx_id.id,
                    "user_id": self.env.uid,
                }
            )
        if not extension.user_id:
            extension.user_id = self.env.user
        elif extension.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "Extension %(number)s belongs to %(name)s. Please type your own.",
                    number=number,
                    name=extension.user_id.name,
                )
            )
        return extension
