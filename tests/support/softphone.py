"""A softphone that is reached by links, and the telephone system in Odoo that is it."""

import json
import os
import shlex

from tools.stack.demo_data import create_extensions, create_softphone

from .browser import FLAGS, find_browser
from .stack import create_agent

AGENTS = {"sp_agent": "3001", "sp_colleague": "3002"}
"""The users by login, and their extensions."""


class Softphone:
    """What the tests of softphones work with.

    ``pbx`` is the id of the ``telephony.pbx``, ``agent`` an RPC client of the user with
    extension 3001.
    """

    def __init__(self, stack):
        self.pbx = create_softphone(
            stack.admin, url_number_key="From", url_uniqueid_key="Guid"
        )
        for login in AGENTS:
            create_agent(stack.admin, login)
        create_extensions(stack.admin, self.pbx, AGENTS)
        self.agent = stack.client("sp_agent")

    def incoming(self, number, **parameters):
        """
        :param number: E.164; its plus is not escaped, as softphones leave it.
        :return: the path that the softphone opens when a call comes in.
        """
        path = f"/telephony/incoming?pbx={self.pbx}&From={number}"
        return path + "".join(f"&{key}={value}" for key, value in parameters.items())


class Computer:
    """A computer with a browser and a softphone, which notes what it is to dial.

    :param playwright: the Playwright driver.
    :param home: a directory for the browser's files.
    :param url: of the Odoo server, whose links the user let the browser hand over.
    """

    def __init__(self, playwright, home, url):
        self._dialed = home / "dialed"
        settings = home / "profile" / "Default" / "Preferences"
        settings.parent.mkdir(parents=True)
        # What "Always allow" in the browser's own question leaves behind.
        allowed = {"allowed_origin_protocol_pairs": {url: {"tel": True}}}
        settings.write_text(json.dumps({"protocol_handler": allowed}))
        opener = home / "xdg-open"
        path = shlex.quote(str(self._dialed))
        opener.write_text(f'#!/bin/sh\necho "$1" >> {path}\n')
        opener.chmod(0o755)
        self.browser = playwright.chromium.launch_persistent_context(
            home / "profile",
            executable_path=find_browser(),
            args=FLAGS,
            env={**os.environ, "PATH": f"{home}{os.pathsep}{os.environ['PATH']}"},
            viewport={"width": 1366, "height": 768},
        )

    @property
    def dialed(self):
        """The links that the desktop was asked to open."""
        return self._dialed.read_text().splitlines() if self._dialed.exists() else []
