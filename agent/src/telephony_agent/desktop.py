"""The user's desktop: the browser, and notifications."""

import contextlib
import logging
import os
import shlex
import shutil
import subprocess
import sys
import webbrowser

APP = "Odoo telephony"
# Seconds; PowerShell shows a notification for as long as it runs.
PATIENCE = 20
MAX_TEXT = 200

_WINDOWS = """
Add-Type -AssemblyName System.Windows.Forms, System.Drawing
$icon = New-Object System.Windows.Forms.NotifyIcon
$icon.Icon = [System.Drawing.SystemIcons]::Information
$icon.Visible = $true
$icon.ShowBalloonTip(10000, $env:TELEPHONY_AGENT_APP, $env:TELEPHONY_AGENT_TEXT, 'Info')
Start-Sleep -Seconds 10
$icon.Dispose()
"""
_MAC = (
    "on run argv",
    "display notification (item 1 of argv) with title (item 2 of argv)",
    "end run",
)

_logger = logging.getLogger(__name__)


def open_page(url, command=""):
    """Open a page in the user's browser.

    :param str command: words as for a shell (none is run), ``{url}`` stands for the
        page, which comes last where it is not named; empty: the system's browser
    """
    if not command:
        webbrowser.open(url)
        return
    words = shlex.split(command)
    if "{url}" not in command:
        words.append("{url}")
    subprocess.Popen(
        [word.replace("{url}", url) for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def notify(text):
    """Show a notification, where the system has them.

    :param str text: may hold anything, it comes from outside
    """
    text = "".join(char for char in text if char.isprintable())[:MAX_TEXT]
    command, env = _get_notifier(text)
    if not command:
        return
    with contextlib.suppress(subprocess.TimeoutExpired, OSError):
        subprocess.run(
            command,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )


def _get_notifier(text):
    """Return the command that shows a text, and its environment.

    The text is never part of a script: it goes as an argument of its own, or in the
    environment.
    """
    if sys.platform == "win32":
        script = ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command"]
        env = {"TELEPHONY_AGENT_APP": APP, "TELEPHONY_AGENT_TEXT": text}
        return [*script, _WINDOWS], env
    if sys.platform == "darwin":
        lines = [word for line in _MAC for word in ("-e", line)]
        return ["osascript", *lines, text, APP], {}
    if program := shutil.which("notify-send"):
        return [program, "--app-name", APP, "--icon", "call-start", "--", text], {}
    _logger.debug("No notify-send: no notifications")
    return [], {}
