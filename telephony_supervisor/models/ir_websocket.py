from odoo import models

from .telephony_board import BOARD


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Put the channels of the telephone systems in the place of the board.

        They are those that the user supervises; for who is no supervisor, none.
        """
        has_board = BOARD in channels
        channels = [each for each in channels if each != BOARD]
        channels = super()._build_bus_channel_list(channels)
        if has_board:
            channels.extend(self.env["telephony.board"]._get_bus_channels())
        return channels
