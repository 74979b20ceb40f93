"""Telephone systems as others set them up, beside the tests' own: each with its own
Asterisk and telephones, connected with the Odoo of a stack by the guided form.

:func:`stock_world` follows docs/asterisk.md on Debian's package as it is unpacked;
:func:`freepbx_world` has a dial plan in the shape that FreePBX generates.
"""

import re
import shutil
from contextlib import ExitStack, contextmanager

from tools.stack.asterisk import CONF, PASSWORDS, Asterisk, Telephones
from tools.stack.paths import ASTERISK, LOCAL, ROOT
from tools.stack.waiting import wait_for

from .docs import lines_for
from .stack import create_agent
from .telephones import Line

WORLDS = ROOT / "tools" / "asterisk" / "worlds"
PAGE = "asterisk.md"
# Of Debian's package: what listens on the network, on ports that others may use.
LISTENS = ("chan_iax2", "chan_mgcp", "chan_ooh323", "chan_skinny", "chan_unistim")


class World:
    """One telephone system. ``pbx`` is the id of its ``telephony.pbx``."""

    def __init__(self, stack, name, asterisk, telephones):
        self.stack = stack
        self.name = name
        self.asterisk = asterisk
        self._telephones = telephones
        self.admin = stack.admin
        self.users = {
            number: create_agent(stack.admin, f"{name}-{number}")
            for number in ("1001", "1002")
        }
        self.agent = stack.client(f"{name}-1001")
        self.pbx = None
        self.findings = ""

    def phone(self, number):
        """
        :return: a telephone, as of :class:`~tests.support.stack.Stack`.
        """
        return Line(self._telephones[number], self.stack._background)

    def register(self, name, expires=3600):
        """Let a telephone register; 0 for ``expires`` ends it."""
        self.stack.run(self._telephones[name].register(expires=expires))

    def begin_setup(self, **values):
        """Open the guided form.

        :return: (its id, the account that it shows)
        """
        france = self.admin.one("res.country", [("code", "=", "FR")])["id"]
        setup = self.admin.create(
            "telephony.pbx.setup",
            name=self.name,
            host=self.asterisk.host,
            port=self.asterisk.port,
            country_id=france,
            **values,
        )
        shown = self.admin.one(
            "telephony.pbx.setup", [("id", "=", setup)], ["manager_conf"]
        )
        return setup, shown["manager_conf"]

    def finish_setup(self, setup):
        """Go through the guided form's steps, and wait until the listener listens."""

        def step(name):
            self.admin.call("telephony.pbx.setup", f"action_{name}", [setup])
            fields = ["findings", "is_reached", "pbx_id", "line_ids"]
            return self.admin.one("telephony.pbx.setup", [("id", "=", setup)], fields)

        shown = step("test")
        self.findings = shown["findings"]
        assert shown["is_reached"], self.findings
        lines = self.admin.call(
            "telephony.pbx.setup.extension", "read", step("connect")["line_ids"]
        )
        for line in lines:
            line["chosen"] = line["is_chosen"]
            user = self.users.get(line["number"], False)
            values = {"is_chosen": bool(user), "user_id": user}
            self.admin.call(
                "telephony.pbx.setup.extension", "write", [line["id"]], values
            )
        self.found = {line["number"]: line for line in lines}
        self.pbx = step("finish")["pbx_id"][0]
        self.wait_until_connected()

    def wait_until_connected(self):
        """Wait until the listener listens to it."""

        def is_connected():
            found = self.admin.one(
                "telephony.pbx", [("id", "=", self.pbx)], ["connection_state"]
            )
            return found["connection_state"] == "connected"

        wait_for(is_connected, 60, what=f"{self.name} to be connected")

    def leave(self):
        """Let the listener go; the calls in the log keep the telephone system."""
        if self.pbx:
            self.set(active=False)
            wait_for(
                lambda: "odoo" not in self.asterisk.console("manager show connected"),
                what="the listener to disconnect",
            )

    def set(self, **values):
        """Change settings of the telephone system."""
        self.admin.call("telephony.pbx", "write", [self.pbx], values)

    def set_extension(self, number, **values):
        """Change settings of an extension."""
        domain = [("pbx_id", "=", self.pbx), ("number", "=", number)]
        found = self.admin.one("telephony.extension", domain)
        self.admin.call("telephony.extension", "write", [found["id"]], values)

    def click(self, number):
        """The user of 1001 clicks on a number."""
        # Confirmed: the next click comes before the call before has ended in the log.
        self.agent.call("telephony.client", "dial", number, confirmed=True)

    def wait_for_call(self, number, **expected):
        """As of :class:`~tests.support.stack.Stack`, among this system's calls."""
        seen = []

        def reached():
            seen[:] = self.admin.search_read(
                "telephony.call",
                [("number", "=", number), ("pbx_id", "=", self.pbx)],
                list(expected),
            )
            assert len(seen) < 2, f"one call was made, there are {seen}"
            (call,) = seen or [{}]
            return call if expected.items() <= call.items() else None

        return wait_for(reached, what=lambda: f"{expected}; there are {seen}")

    def wait_until_bridged(self):
        """Wait until two talk: Asterisk says *answered* a moment before, and refuses to
        transfer a call whose sides are not joined yet."""
        wait_for(lambda: self.asterisk.bridged() == 2, what="two to talk")

    def extension(self, number):
        """
        :return: an extension as a many2one field reads it.
        """
        domain = [("pbx_id", "=", self.pbx), ("number", "=", number)]
        found = self.admin.one("telephony.extension", domain, ["display_name"])
        return [found["id"], found["display_name"]]

    def hang_up_all(self):
        """End all calls, so that the next test begins with nobody talking."""

        def is_quiet():
            self.asterisk.console("channel request hangup all")
            return self.asterisk.channels() == 0

        wait_for(is_quiet, what="all calls to end")
        domain = [("pbx_id", "=", self.pbx), ("state", "!=", "ended")]
        wait_for(
            lambda: not self.admin.search_count("telephony.call", domain),
            what="the log to hold no open call",
        )
        for phone in self._telephones.by_number.values():
            while not phone.arrivals.empty():
                phone.arrivals.get_nowait()


@contextmanager
def _running(stack, name, conf, passwords, second):
    with ExitStack() as exits:
        asterisk = Asterisk(f"{stack.odoo.database}-{name}", conf)
        exits.callback(asterisk.stop)
        telephones = Telephones(asterisk, passwords, second)
        world = World(stack, name, asterisk, telephones)

        def start():
            asterisk.start()
            stack.run(telephones.start())
            exits.callback(lambda: stack.run(telephones.stop()))

        world.start = start
        yield world
        world.leave()


def _write(directory, name, text):
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@contextmanager
def stock_world(stack):
    """
    :return: a context with a :class:`World`: Debian's ``/etc/asterisk`` with what
        docs/asterisk.md tells a newcomer to add, connected.
    """
    directory = LOCAL / "asterisk-stock-conf"
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(ASTERISK / "root" / "etc" / "asterisk", directory)
    added = lines_for(PAGE)
    assert {"pjsip.conf", "extensions.conf", "queues.conf"} <= added.keys()
    passwords = dict(
        re.findall(r"^username = (\d+)\npassword = (.+)$", added["pjsip.conf"], re.M)
    )
    added["extensions.conf"] += lines_for(PAGE, "odoo-phones")["extensions.conf"]
    for name, lines in added.items():
        _write(directory, name, (directory / name).read_text() + lines)
    # What differs from a machine of its own: paths, ports and addresses.
    shutil.copy(CONF / "asterisk.conf", directory)
    for name, old, new in (
        ("pjsip.conf", "bind = 0.0.0.0\n", "bind = 127.0.0.1:@SIP_PORT@\n"),
        ("pjsip.conf", "sip:sip.provider.example", "sip:@TRUNK@:5060"),
        ("pjsip.conf", "match = sip.provider.example", "match = @TRUNK@"),
        ("manager.conf", "port = 5038", "port = @AMI_PORT@"),
        (
            "modules.conf",
            "autoload=yes",
            "\n".join(["autoload=yes", *(f"noload => {m}.so" for m in LISTENS)]),
        ),
    ):
        text = (directory / name).read_text()
        assert old in text, f"{name} has no {old!r}"
        _write(directory, name, text.replace(old, new))
    with _running(stack, "stock", [directory], passwords, "1001") as world:
        setup, account = world.begin_setup(system="asterisk")
        _write(directory, "manager.d/odoo.conf", account)
        world.start()
        world.finish_setup(setup)
        yield world


# What FreePBX keeps in Asterisk's database: of a device its user, of a user the name.
FREEPBX_USERS = {"1001": "Alice Martin", "1002": "Bruno Petit", "1003": "Chloe Durand"}


@contextmanager
def freepbx_world(stack):
    """
    :return: a context with a :class:`World` in the shape of FreePBX, connected by
        ``Local/{number}@from-internal``, with the lines of docs/asterisk.md in its
        ``extensions_custom.conf``.
    """
    directory = LOCAL / "asterisk-freepbx-conf"
    shutil.rmtree(directory, ignore_errors=True)
    for name, lines in lines_for(PAGE, "odoo-phones").items():
        if name == "extensions_custom.conf":
            _write(directory, name, lines)
    conf = [CONF, WORLDS / "freepbx", directory]
    with _running(stack, "freepbx", conf, PASSWORDS, "1001") as world:
        setup, account = world.begin_setup(system="freepbx")
        _write(directory, "manager.conf", f"{_MANAGER}\n{account}\n")
        world.start()
        for number, name in FREEPBX_USERS.items():
            for key, value in (
                (f"DEVICE {number}/user", number),
                (f"DEVICE {number}/dial", f"PJSIP/{number}"),
                (f"AMPUSER {number}/device", number),
                (f"AMPUSER {number}/cidnum", number),
                (f"AMPUSER {number}/cidname", f'"{name}"'),
            ):
                assert "success" in asterisk_put(world, key, value)
        world.finish_setup(setup)
        yield world


_MANAGER = """\
[general]
enabled = yes
port = @AMI_PORT@
bindaddr = 127.0.0.1
"""


def asterisk_put(world, key, value):
    """Store something in Asterisk's database.

    :return: what Asterisk answered.
    """
    return world.asterisk.console(f"database put {key} {value}")


@contextmanager
def chan_sip_world(stack):
    """
    :return: a context with a :class:`World` whose telephones are on the old SIP
        channel, connected by ``SIP/{number}``, with the lines of docs/asterisk.md.
    """
    directory = LOCAL / "asterisk-chan_sip-conf"
    shutil.rmtree(directory, ignore_errors=True)
    lines = lines_for(PAGE, "odoo-phones-sip")["extensions.conf"]
    _write(directory, "extensions_lines.conf", lines)
    modules = (CONF / "modules.conf").read_text().splitlines()
    loaded = [line for line in modules if "pjsip" not in line and "ari" not in line]
    loaded += ["load = app_exec.so", "load = chan_sip.so"]
    _write(directory, "modules.conf", "\n".join([*loaded, ""]))
    conf = [CONF, WORLDS / "chan_sip", directory]
    with _running(stack, "chan_sip", conf, {}, "1001") as world:
        setup, account = world.begin_setup(system="asterisk_sip")
        _write(directory, "manager.conf", f"{_MANAGER}\n{account}\n")
        world.start()
        world.finish_setup(setup)
        yield world
