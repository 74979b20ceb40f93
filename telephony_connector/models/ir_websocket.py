from odoo import models

from .telephony_agent_token import PREFIX
from .telephony_board import BOARD


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Put an agent's own channel in the place of the token that it asks with, and
        those of the telephone systems in the place of the board.

        A token that is not valid leads nowhere, nor does the board for who is no
        supervisor.
        """
        tokens = [channel for channel in channels if _is_token(channel)]
        has_board = BOARD in channels
        channels = [each for each in channels if each not in (*tokens, BOARD)]
        channels = super()._build_bus_channel_list(channels)
        for token in tokens:
            channels.extend(self.env["telephony.agent.token"]._find(token))
        if has_board:
            channels.extend(self.env["telephony.board"]._get_bus_channels())
        return channels


def _is_token(channel):
    return isinstance(channel, str) and channel.startswith(PREFIX)
