"""Pauses, settings, the desktop, the command line, and start at login."""

import importlib
import io
import json
import logging
import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from telephony_agent import __version__, cli, desktop, install
from telephony_agent.backoff import Backoff
from telephony_agent.config import Config, check_url, load
from telephony_agent.errors import AgentError

from .conftest import TOKEN

ROOT = Path(__file__).parents[1]
EVIL = "'; touch x; $(id) `id` \"\n%PATH% -e --icon\u202e"


# -- pauses --


def test_pauses_grow_up_to_a_minute():
    backoff = Backoff(rand=lambda: 1.0)
    pauses = [backoff.pause() for _try in range(12)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert max(pauses) == pauses[-1] == 60
    backoff.reset()
    assert backoff.pause() == 1


def test_pauses_differ_at_random():
    low, high = Backoff(rand=lambda: 0.0), Backoff(rand=lambda: 1.0)
    assert (low.pause(), high.pause()) == (0.5, 1.0)


# -- settings --


def test_settings_are_their_owners_alone(config_path):
    old = os.umask(0)
    try:
        Config(url="https://o.example", token=TOKEN).save(config_path)
        config_path.chmod(0o644)
        Config(url="https://o.example", token=TOKEN, notify=False).save(config_path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(config_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(config_path.parent.stat().st_mode) == 0o700
    assert load(config_path).notify is False
    assert load(config_path).token == TOKEN


def test_settings_do_not_show_the_token():
    assert TOKEN not in repr(Config(url="https://o.example", token=TOKEN))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"url": "x"}'])
def test_broken_settings_are_named(config_path, text):
    config_path.parent.mkdir()
    config_path.write_text(text)
    with pytest.raises(AgentError, match="can't be read"):
        load(config_path)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("odoo.example.com", "https://odoo.example.com"),
        ("https://odoo.example.com:8443/odoo?x=1", "https://odoo.example.com:8443"),
        ("http://localhost:8069/", "http://localhost:8069"),
        ("http://127.0.0.1:8069", "http://127.0.0.1:8069"),
    ],
)
def test_addresses(given, used):
    assert check_url(given) == used


@pytest.mark.parametrize(
    "given", ["http://odoo.example.com", "ftp://x", "https://", "https://me@x", ""]
)
def test_addresses_that_are_refused(given):
    with pytest.raises(AgentError):
        check_url(given)


def test_the_network_may_be_trusted():
    url = "http://odoo.example.com"
    assert check_url(url, allow_http=True) == url


# -- the desktop --


@pytest.fixture
def popen(monkeypatch):
    """The commands that are started."""
    commands = []
    monkeypatch.setattr(subprocess, "Popen", lambda args, **kw: commands.append(args))
    return commands


def test_a_browser_by_command(popen):
    desktop.open_page("https://o/x?call=1&y=$(id)", "'my browser' --new {url} --kiosk")
    desktop.open_page("https://o/2", "firefox")
    assert popen == [
        ["my browser", "--new", "https://o/x?call=1&y=$(id)", "--kiosk"],
        ["firefox", "https://o/2"],
    ]


def test_the_systems_browser(monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    desktop.open_page("https://o/2")
    assert opened == ["https://o/2"]


def test_linux_notifies_with_plain_text(tmp_path, monkeypatch):
    """By a real program in the place of notify-send."""
    program = tmp_path / "notify-send"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$(dirname "$0")/shown"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    desktop.notify(EVIL)
    *options, dashes, text = (tmp_path / "shown").read_text().splitlines()
    assert dashes == "--"
    assert "Odoo telephony" in options
    assert text == "'; touch x; $(id) `id` \"%PATH% -e --icon"


def test_mac_and_windows_keep_text_out_of_scripts(monkeypatch):
    ran = []
    monkeypatch.setattr(subprocess, "run", lambda args, **kw: ran.append((args, kw)))
    for platform in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        desktop.notify(EVIL)
    (mac, _kwargs), (windows, kwargs) = ran
    text = "".join(char for char in EVIL if char.isprintable())
    assert mac[0] == "osascript"
    assert mac[-2:] == [text, "Odoo telephony"]
    assert not any("touch" in word for word in mac[:-2])
    assert windows[0] == "powershell.exe"
    assert not any("touch" in word for word in windows)
    assert kwargs["env"]["TELEPHONY_AGENT_TEXT"] == text
    assert not kwargs.get("shell")


def test_no_notifications_without_a_notifier(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(subprocess, "run", pytest.fail)
    desktop.notify("x")


def test_long_texts_are_cut(monkeypatch):
    ran = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", lambda args, **kw: ran.append(args))
    desktop.notify("x" * 5000)
    assert len(ran[0][-2]) == 200


# -- the command line --


@pytest.fixture
def stdin(monkeypatch):
    def give(text):
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return give


def test_login_checks_and_keeps_the_token(odoo, config_path, stdin, capsys):
    stdin(f"{TOKEN}\n")
    assert cli.main(["login", odoo.url, "--browser", "b {url}"]) == 0
    shown = capsys.readouterr()
    assert "as Ada" in shown.out
    assert TOKEN not in shown.out + shown.err
    assert json.loads(config_path.read_text())["browser"] == "b {url}"
    assert cli.main(["status"]) == 0
    assert "Ada" in capsys.readouterr().out


def test_login_with_a_wrong_token_keeps_nothing(odoo, config_path, stdin, capsys):
    for wrong in ("tca_wrong", "tca_é", "", "a\x00b"):
        stdin(wrong)
        assert cli.main(["login", odoo.url]) == cli.REFUSED
        assert "token" in capsys.readouterr().err
    assert not config_path.exists()


def test_status_without_a_login(config_path, capsys):
    assert cli.main(["status"]) == cli.FAILED
    assert "telephony-agent login" in capsys.readouterr().err


def test_status_of_a_server_that_is_away(config_path, capsys):
    Config(url="http://127.0.0.1:9", token=TOKEN).save(config_path)
    assert cli.main(["status"]) == cli.FAILED
    shown = capsys.readouterr().err
    assert "can't be reached" in shown
    assert TOKEN not in shown


def test_nothing_logged_holds_the_token():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(cli.Redaction(TOKEN))
    logger = logging.getLogger("test_redaction")
    logger.propagate = False
    logger.addHandler(handler)
    logger.warning("plain %s", TOKEN)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logger.exception("with a traceback")
    logger.removeHandler(handler)
    assert "plain …" in stream.getvalue()
    assert "ValueError: …" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_run_ends_with_a_status_of_its_own_for_a_wrong_token(odoo, config_path):
    Config(url=odoo.url, token="tca_wrong").save(config_path)
    done = subprocess.run(
        [sys.executable, "-m", "telephony_agent", "run", "-v"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == cli.REFUSED
    assert "tca_wrong" not in done.stdout + done.stderr


# -- at login --


def test_install_writes_a_unit_of_systemd(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "executable", '/opt/my %h $X "py"/python')
    said, ran = [], []
    install.install(said.append, run=lambda args, check: ran.append(args))
    unit = (tmp_path / "systemd/user/telephony-agent.service").read_text()
    assert (
        'ExecStart="/opt/my %%h $$X \\"py\\"/python" "-m" "telephony_agent" "run"\n'
        in unit
    )
    assert f"RestartPreventExitStatus={cli.REFUSED}" in unit
    assert "WantedBy=graphical-session.target" in unit
    assert [args[2] for args in ran] == ["daemon-reload", "enable", "restart"]


def test_install_says_what_to_do_without_systemd(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")

    def run(args, check):
        raise FileNotFoundError(args[0])

    with pytest.raises(AgentError, match="systemctl --user enable --now"):
        install.install(print, run=run)


@pytest.mark.parametrize(
    ("platform", "word"), [("win32", "pythonw.exe"), ("darwin", "LaunchAgents")]
)
def test_install_elsewhere(monkeypatch, platform, word):
    said = []
    monkeypatch.setattr(sys, "platform", platform)
    install.install(said.append, run=pytest.fail)
    assert word in said[0]


def test_the_package_says_what_it_is():
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert package["version"] == __version__
    module, function = package["scripts"]["telephony-agent"].split(":")
    assert getattr(importlib.import_module(module), function) is cli.main
    names = {re.match(r"[\w-]+", need)[0] for need in package["dependencies"]}
    code = "".join(path.read_text() for path in ROOT.glob("src/**/*.py"))
    imported = set(re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE))
    modules = {"requests": "requests", "websocket-client": "websocket"}
    assert imported - sys.stdlib_module_names == {modules[name] for name in names}
