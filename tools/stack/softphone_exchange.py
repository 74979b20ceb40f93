"""The softphone of a demo: opens the page of a call, as its settings would have it."""

import os
import sys
import webbrowser
from urllib.parse import quote

from .demo_data import EXTENSIONS


class SoftphoneExchange:
    """Takes the place of :class:`~tools.stack.exchange.Exchange` for ``make ring``.

    :param url: of the demo's Odoo.
    :param pbx: the id of the ``telephony.pbx``.
    """

    def __init__(self, url, pbx):
        self._url = url
        self._pbx = pbx

    def start(self):
        """Nothing has to run: a softphone is asked by links, and answers by links."""

    async def ring(self, caller, to, tell, **_times):
        """Open the page of a call in the browser, or say where it is.

        :param caller: the caller's number.
        :param to: an extension.
        :param tell: called with what happens.
        """
        users = {number: login for login, number in EXTENSIONS.items()}
        page = f"{self._url}/telephony/incoming?pbx={self._pbx}"
        page += f"&number={quote(caller)}"
        user = users.get(to)
        if user is None:
            tell(f"Nobody has {to}: there are {', '.join(users)}.")
            return
        tell(f"{to} rings. Its softphone opens, in {user}'s browser:\n  {page}")
        if _has_desktop():
            webbrowser.open(page)


def _has_desktop():
    """Whether a browser would open a window, rather than in this terminal."""
    names = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform == "darwin" or any(map(os.environ.get, names))
