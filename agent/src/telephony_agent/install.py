"""Has the agent run whenever its user logs in."""

import os
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from .errors import AgentError

NAME = "telephony-agent.service"

_UNIT = """\
[Unit]
Description=Opens the page of a call in Odoo
PartOf=graphical-session.target
After=graphical-session.target

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=10
# The token was refused: trying again does not help.
RestartPreventExitStatus=3

[Install]
WantedBy=graphical-session.target
"""
_WINDOWS = """\
Press Win+R, enter shell:startup, and make a shortcut in that folder to:
  {command}
"""
_MAC = """\
Save this as ~/Library/LaunchAgents/telephony-agent.plist, then run
launchctl load -w ~/Library/LaunchAgents/telephony-agent.plist

<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
  <key>Label</key><string>telephony-agent</string>
  <key>ProgramArguments</key><array>{arguments}</array>
  <key>RunAtLoad</key><true/>
</dict></plist>
"""


def install(say, run=subprocess.run):
    """Write a systemd unit of the user's and start it; elsewhere say what to do.

    :param say: called with what the person should know
    :param run: as ``subprocess.run``
    :raise AgentError: where systemd refused
    """
    words = [sys.executable, "-m", "telephony_agent", "run"]
    if sys.platform == "win32":
        words[0] = str(Path(sys.executable).with_name("pythonw.exe"))
        say(_WINDOWS.format(command=subprocess.list2cmdline(words)))
        return
    if sys.platform == "darwin":
        arguments = "".join(f"<string>{escape(word)}</string>" for word in words)
        say(_MAC.format(arguments=arguments))
        return
    path = _get_unit_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_UNIT.format(command=" ".join(map(_quote, words))), "utf-8")
    say(f"Written: {path}")
    for step in (["daemon-reload"], ["enable", NAME], ["restart", NAME]):
        try:
            run(["systemctl", "--user", *step], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise AgentError(
                "systemd did not take it. Once it runs for your user:\n"
                "  systemctl --user daemon-reload\n"
                f"  systemctl --user enable --now {NAME}"
            ) from error
    say("The agent runs, and will at every login.")


def _get_unit_path():
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "systemd" / "user" / NAME


def _quote(word):
    """Write a word as systemd reads it: no specifiers, no variables, one word."""
    word = word.replace("\\", "\\\\").replace('"', '\\"')
    return '"{}"'.format(word.replace("%", "%%").replace("$", "$$"))
