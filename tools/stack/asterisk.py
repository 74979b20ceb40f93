"""A real Asterisk on free ports, and the telephones around it."""

import asyncio
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from tools.asterisk.sipphone import Phone

from .background import Background
from .paths import ASTERISK, LOCAL, ROOT, RUN_ASTERISK
from .process import Process
from .waiting import free_port, wait_for

CONF = ROOT / "tools" / "asterisk" / "conf"
MANAGER = {"username": "odoo", "secret": "odoo-test-secret"}
"""The AMI user of tools/asterisk/conf/manager.conf that may do what the addon needs."""
FULL_MANAGER = {"username": "full", "secret": "full-test-secret"}
"""The AMI user that may do everything, for tests that steer Asterisk."""


PASSWORDS = {"1003": "phone-test-secret"}
"""Of the telephones that register, as in tools/asterisk/conf/pjsip.conf."""


def has_module(name):
    """
    :return: whether the Asterisk that the stacks run has a module.
    """
    return any((ASTERISK / "root" / "usr" / "lib").rglob(f"{name}.so"))


class Lines:
    """The loopback addresses of one stack's telephones, held for it until released.

    Asterisk knows the public network by its address alone, so every stack takes a
    /24 of its own out of 127.0.0.0/8.
    """

    def __init__(self):
        for _ in range(50):
            net = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}"
            self._holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                self._holder.bind((f"{net}.250", 5060))
            except OSError:
                self._holder.close()
                continue
            self.addresses = {
                "1001": f"{net}.1",
                "1002": f"{net}.2",
                "1003": f"{net}.3",
                "second": f"{net}.4",
                "public": f"{net}.100",
            }
            return
        raise RuntimeError("no free loopback network for the telephones")

    def release(self):
        """Let another stack have the addresses."""
        self._holder.close()


class Asterisk:
    """Asterisk with the configuration of tools/asterisk/conf, or another.

    :param name: of the stack; its data lie in ``.local/asterisk-NAME``.
    :param conf: directories of configuration; a file of a later one takes the place of
        an earlier one's.
    """

    host = "127.0.0.1"

    def __init__(self, name, conf=(CONF,)):
        self.port = free_port()
        self.sip_port = free_port(socket.SOCK_DGRAM)
        self.lines = Lines()
        self.directory = LOCAL / f"asterisk-{name}"
        self.directory.mkdir(parents=True, exist_ok=True)
        self._log = LOCAL / "log" / f"{name}-asterisk.log"
        # The path of Asterisk's control socket must stay below some 100 characters.
        self._link = Path(tempfile.mkdtemp(prefix="asterisk-")) / "run"
        self._link.symlink_to(self.directory)
        addresses = self.lines.addresses
        self._env = {
            "RUN": str(self._link),
            "AMI_PORT": str(self.port),
            "HTTP_PORT": str(free_port()),
            "SIP_PORT": str(self.sip_port),
            "PHONE_1001": addresses["1001"],
            "PHONE_1002": addresses["1002"],
            "TRUNK": addresses["public"],
            "CONF": ":".join(map(str, conf)),
        }
        self.process = None

    def start(self):
        """Start it and wait until it takes calls and AMI logins.

        :return: its :class:`Process`.
        """
        command = [RUN_ASTERISK, ASTERISK]
        self.process = Process("Asterisk", command, self._log, env=self._env)

        def booted():
            self.process.check()
            return "fully booted" in self.console("core waitfullybooted")

        try:
            wait_for(booted, 30, what="Asterisk to be fully booted")
        except BaseException:
            self.process.stop()
            raise
        return self.process

    def console(self, command):
        """Carry out a console command, as ``core show channels``.

        :return: what Asterisk answered; a text without it where none runs.
        """
        return subprocess.run(
            [RUN_ASTERISK, ASTERISK, command],
            env={**os.environ, **self._env},
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    def channels(self):
        """
        :return: how many channels are up or ringing.
        """
        count = re.search(r"(\d+) active channel", self.console("core show channels"))
        return int(count[1]) if count else 0

    def bridged(self):
        """
        :return: how many channels are joined with another one.
        """
        head, *bridges = self.console("bridge show all").splitlines()
        # Its place is not the same in all versions.
        column = head.split().index("Chans")
        return sum(int(bridge.split()[column]) for bridge in bridges)

    def stop(self):
        """Stop it and give its addresses back."""
        if self.process:
            self.process.stop()
        self.lines.release()
        shutil.rmtree(self._link.parent, ignore_errors=True)


class Telephones:
    """The telephones 1001, 1002 and 1003, a second one of an extension, and the public
    network's, as SIP phones.

    To be used inside one running event loop.

    :param passwords: by number of those that register.
    :param second: whose the second telephone is.
    """

    def __init__(self, asterisk, passwords=PASSWORDS, second="1003"):
        server = (asterisk.host, asterisk.sip_port)
        self._passwords = passwords
        self.by_number = {
            name: Phone(
                address,
                number,
                server=server,
                password=passwords.get(number),
            )
            for name, address in asterisk.lines.addresses.items()
            for number in [second if name == "second" else name]
        }

    @property
    def public(self):
        """The public network: it calls in by the trunk and gets the calls out."""
        return self.by_number["public"]

    def __getitem__(self, number):
        return self.by_number[number]

    async def start(self):
        """Connect the telephones; those with a password register for an hour, the
        second one of an extension not before it is told to."""
        await asyncio.gather(*(phone.start() for phone in self.by_number.values()))
        await self.register()

    async def register(self):
        """Have those with a password tell an Asterisk that has just started where they
        are."""
        for number in self._passwords:
            await self[number].register(expires=3600)

    async def stop(self):
        """Disconnect them, whatever calls they are in."""
        await asyncio.gather(*(phone.stop() for phone in self.by_number.values()))


def start_with_telephones(stack, name):
    """Start an Asterisk, and its telephones in a background of their own.

    :param stack: an ``ExitStack`` that gets what stops them.
    :param name: as of :class:`Asterisk`.
    :return: the :class:`Asterisk`, the :class:`Telephones` and their
        :class:`~tools.stack.background.Background`.
    """
    asterisk = Asterisk(name)
    stack.callback(asterisk.stop)
    asterisk.start()
    background = Background()
    stack.callback(background.close)
    telephones = Telephones(asterisk)
    background.run(telephones.start())
    stack.callback(lambda: background.run(telephones.stop()))
    return asterisk, telephones, background
