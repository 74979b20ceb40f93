"""What agents do with their own place in the queues: breaks, logging in and out."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.presence import WRAP_UP
from ..tools.parameters import takes
from .telephony_extension import split_queues


class TelephonyBreakReason(models.Model):
    """Why agents take a break, in the words of the company: a list to choose from."""

    _name = "telephony.break.reason"
    _description = "Reason for a Break"
    _order = "sequence, id"

    # Not translated: it is sent to the telephone system, and stands on the live board.
    name = fields.Char(required=True, size=80)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "A reason with this name already exists."
    )

    @api.constrains("name")
    def _check_name(self):
        for reason in self:
            if reason.name.strip().lower() == WRAP_UP:
                raise ValidationError(
                    reason.env._(
                        "“%(name)s” is what Odoo calls the time after a call. Choose "
                        "another name.",
                        name=reason.name,
                    )
                )


class TelephonyAgent(models.AbstractModel):
    """The current user as an agent of queues.

    An abstract model has no access rights of its own: each public method asks for the
    right to telephone, and acts on the user's own extension alone.
    """

    _name = "telephony.agent"
    _description = "The User's Own Place in the Queues"

    @api.readonly
    @api.model
    def get_state(self):
        """Return what the current user can see and change of their place in the queues.

        :return: ``False`` where the telephone system offers nothing of it, or the user
            is in no queue and may log into none; else ``in_queues``, ``is_paused``,
            ``reason`` (of the break), ``is_wrapping_up`` (it is no break of theirs),
            ``since`` (UTC), ``can_pause``, ``reasons`` (to choose from: ``id``,
            ``name``) and ``queues`` (``id``, ``name``, ``is_member``, ``can_change``)
        :rtype: dict | bool
        :raise AccessError: the user has not the right to telephone
        """
        self.env["telephony.pbx"]._check_sender()
        return self._get_state()

    @api.model
    def _get_state(self):
        extension_sudo = self._find_extension()
        if not extension_sudo:
            return False
        actions = extension_sudo.pbx_id._get_provider().get_agent_actions()
        member_of = split_queues(extension_sudo.queues)
        queues_sudo = self._find_queues(extension_sudo.pbx_id)
        open_sudo = queues_sudo.filtered("is_self_service")
        can_log = {"log_in", "log_out"} <= actions
        listed = queues_sudo.filtered(
            lambda queue: queue.name in member_of or (can_log and queue in open_sudo)
        )
        if not listed:
            return False
        reasons = self.env["telephony.break.reason"].search([("active", "=", True)])
        return {
            "in_queues": bool(member_of),
            "is_paused": bool(extension_sudo.paused_queues),
            "reason": extension_sudo.pause_reason or False,
            "is_wrapping_up": extension_sudo.pause_reason == WRAP_UP,
            "since": fields.Datetime.to_string(extension_sudo.state_date) or False,
            "can_pause": {"pause", "resume"} <= actions,
            "reasons": [{"id": each.id, "name": each.name} for each in reasons],
            "queues": [
                {
                    "id": queue.id,
                    "name": queue.name,
                    "is_member": queue.name in member_of,
                    "can_change": can_log and queue in open_sudo,
                }
                for queue in listed
            ],
        }

    @api.model
    @takes(reason_id=int)
    def pause(self, reason_id=False):
        """Take a break in all of one's queues.

        :param int reason_id: of the `telephony.break.reason`, if any
        :return: ``command_id`` and ``expires_in``, as of ``telephony.client.control``
        :rtype: dict
        :raise AccessError: the user has not the right to telephone
        :raise UserError: where it can't be done, in the user's words
        """
        reason = self.env["telephony.break.reason"].browse(reason_id or ())
        if reason and not reason.exists():
            raise UserError(self.env._("This reason no longer exists."))
        return self._act("pause", reason=reason.name or "")

    @api.model
    def resume(self):
        """End the break, or whatever else keeps calls of the queues away.

        :return: as ``pause``
        :rtype: dict
        :raise AccessError: the user has not the right to telephone
        :raise UserError: where it can't be done, in the user's words
        """
        return self._act("resume")

    @api.model
    @takes(queue_id=int)
    def log_in(self, queue_id):
        """Get the calls of a queue that agents may log into themselves.

        :param int queue_id: of the `telephony.queue`
        :return: as ``pause``
        :rtype: dict
        :raise AccessError: the user has not the right to telephone
        :raise UserError: where it can't be done, in the user's words
        """
        return self._act("log_in", queue_id)

    @api.model
    @takes(queue_id=int)
    def log_out(self, queue_id):
        """Get no more calls of a queue that agents may log out of themselves.

        :param int queue_id: of the `telephony.queue`
        :return: as ``pause``
        :rtype: dict
        :raise AccessError: the user has not the right to telephone
        :raise UserError: where it can't be done, in the user's words
        """
        return self._act("log_out", queue_id)

    @api.model
    def _act(self, action, queue_id=None, reason=""):
        """Have the telephone system do something with the user's own extension.

        :param str action: one of the provider's ``get_agent_actions``
        :param int queue_id: of the queue to log into or out of; ``None`` for all
        """
        self.env["telephony.pbx"]._check_sender()
        extension_sudo = self._find_extension()
        provider = extension_sudo.pbx_id and extension_sudo.pbx_id._get_provider()
        if not provider or action not in provider.get_agent_actions():
            raise UserError(self.env._("Your telephone system does not offer that."))
        queue = False
        if queue_id is not None:
            queue_sudo = self._find_queues(extension_sudo.pbx_id).filtered(
                lambda each: each.id == queue_id
            )
            if not queue_sudo:
                raise AccessError(
                    self.env._("This is no queue of your telephone system.")
                )
            if not queue_sudo.is_self_service:
                raise UserError(
                    self.env._("Agents can't log into or out of this queue themselves.")
                )
            queue = queue_sudo.name
        extension = extension_sudo.sudo(False)
        provider = extension.pbx_id._get_provider()
        command = provider.act_on_agent(extension, action, queue, reason)
        return {
            "command_id": command.id,
            "expires_in": command._get_seconds_left(),
        }

    @api.model
    def _find_extension(self):
        """Return the user's extension by which they are an agent, as superuser: the
        first one on a telephone system that has queues for Odoo."""
        # sudo - telephony.extension: one's own, in whatever company it is
        extensions_sudo = self.env.user.sudo().telephony_extension_ids
        return extensions_sudo.filtered(
            lambda each: (
                each.pbx_id.active and each.pbx_id._get_provider().get_agent_actions()
            )
        )[:1]

    @api.model
    def _find_queues(self, pbx):
        # sudo - telephony.queue: those of the user's own telephone system
        return self.env["telephony.queue"].sudo().search([("pbx_id", "=", pbx.id)])
