from odoo import api, fields, models
from odoo.exceptions import UserError


class IrActionsServer(models.Model):
    """Adds calling to what server actions can do."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("telephony_dial", "Call"), ("followers",)],
        ondelete={"telephony_dial": "cascade"},
    )
    telephony_user_id = fields.Many2one(
        "res.users",
        string="Whose Phone Rings",
        compute="_compute_telephony_user_id",
        readonly=False,
        store=True,
        ondelete="set null",
        domain="[('share', '=', False)]",
        help="Rung first, then the record's number is called. Empty: the record's "
        "responsible user, else whoever runs the action.",
    )

    @api.depends("state")
    def _compute_telephony_user_id(self):
        self.filtered(lambda a: a.state != "telephony_dial").telephony_user_id = False

    @api.depends("state")
    def _compute_available_model_ids(self):
        dialing = self.filtered(lambda action: action.state == "telephony_dial")
        names = ["telephony.call", *self.env["telephony.call"]._get_object_models()]
        dialing.available_model_ids = self.env["ir.model"].search(
            [("model", "in", names)]
        )
        return super(IrActionsServer, self - dialing)._compute_available_model_ids()

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == "telephony_dial":
            return self.env._("Call")
        return super()._generate_action_name()

    # === RUNNING === #

    def run(self):
        """Ask who runs an action that calls for the right to call.

        Automations run as the system, whoever's change they react to.
        """
        if not self.env.su and self.sudo()._has_telephony_dial():
            self.env["telephony.pbx"]._check_sender()
        return super().run()

    def _has_telephony_dial(self):
        """Say whether any of the actions, or one that it is made of, calls."""
        return any(
            action.state == "telephony_dial" or action.child_ids._has_telephony_dial()
            for action in self
        )

    def _run_action_telephony_dial_multi(self, eval_context=None):
        """Ring a user's phone, then the record's number.

        Calls that were dialed by an action dial no further ones.

        :raise UserError: with the reason, where a user runs the action
        """
        records = eval_context.get("records") or eval_context.get("record")
        if not records or self.env.context.get("telephony_dialing"):
            return False
        if len(records) > 1:
            raise UserError(self.env._("One call can be made at a time."))
        user = self._get_telephony_user(records)
        try:
            with self.env.cr.savepoint():
                self._telephony_dial(records, user)
        except UserError as error:
            self._handle_telephony_error(error, user)
        return False

    def _handle_telephony_error(self, error, user):
        """React to a call that could not be made.

        For an addon that runs actions where nobody waits for their answer, override.

        :param UserError error: the reason, in words for the user
        :param user: whose phone was to ring
        :raise UserError: here always
        """
        raise error

    def _get_telephony_user(self, record):
        owner = record.user_id if "user_id" in record._fields else self.env.user
        return self.telephony_user_id or owner or self.env.user

    def _telephony_dial(self, record, user):
        """Have the user call the record's number, with the user's own rights.

        :raise UserError: where there is no number, or it can't be called
        """
        record = record.with_user(user).with_context(telephony_dialing=True)
        record.check_access("read")
        if record._name == "telephony.call":
            target = (record.number, False, False, False)
        else:
            fields_ = record._phone_get_number_fields()
            field = next((name for name in fields_ if record[name]), None)
            target = (field and record[field], record._name, record.id, field)
        if not target[0]:
            raise UserError(
                self.env._("“%(name)s” has no number.", name=record.display_name)
            )
        client = record.env["telephony.client"]
        answer = client.dial(*target)
        if "choose" in answer:
            # Nobody is there to choose: the one that stands first is the record's.
            answer = client.dial(answer["choose"][0]["number"], *target[1:])
        if "confirm" in answer:
            raise UserError(answer["confirm"])
