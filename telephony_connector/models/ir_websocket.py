from odoo import models

from .telephony_agent_token import PREFIX

# What a web client asks for: the presences of those whom its user may see.
PRESENCES_CHANNEL = "telephony.presences"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Put an agent's own channel in the place of the token that it asks with, and
        those of the users whom the current user may see in the place of the presences.

        A token that is not valid leads nowhere.
        """
        tokens = [channel for channel in channels if _is_token(channel)]
        has_presences = PRESENCES_CHANNEL in channels
        named = (*tokens, PRESENCES_CHANNEL)
        channels = [each for each in channels if each not in named]
        channels = super()._build_bus_channel_list(channels)
        for token in tokens:
            channels.extend(self.env["telephony.agent.token"]._find(token))
        if has_presences:
            channels.extend(self.env["res.users"]._get_telephony_presence_channels())
        return channels


def _is_token(channel):
    return isinstance(channel, str) and channel.startswith(PREFIX)
