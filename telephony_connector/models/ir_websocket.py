from odoo import models

from .telephony_agent_token import PREFIX


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Put an agent's own channel in the place of the token that it asks with.

        A token that is not valid leads nowhere.
        """
        tokens = [channel for channel in channels if _is_token(channel)]
        channels = [channel for channel in channels if channel not in tokens]
        channels = super()._build_bus_channel_list(channels)
        for token in tokens:
            channels.extend(self.env["telephony.agent.token"]._find(token))
        return channels


def _is_token(channel):
    return isinstance(channel, str) and channel.startswith(PREFIX)
