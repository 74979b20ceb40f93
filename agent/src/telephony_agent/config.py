"""The settings of one user on one computer, in a file that only the user reads."""

import json
import os
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from .errors import AgentError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass
class Config:
    """``browser`` is a command in which ``{url}`` stands for the page, empty for the
    system's own browser; ``ca_file`` the certificate authority of a server that has
    one of its own; ``database`` is needed where a server has several."""

    url: str
    token: str
    database: str = ""
    browser: str = ""
    notify: bool = True
    ca_file: str = ""

    def __repr__(self):
        return f"Config(url={self.url!r})"  # without the token

    def save(self, path):
        """Write the file anew, for its owner's eyes only from the first moment on."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(draft, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
        draft.replace(path)


def default_path():
    """Return where the settings of this user are, by the system's own custom."""
    if path := os.environ.get("TELEPHONY_AGENT_CONFIG"):
        return Path(path)
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData/Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "telephony-agent" / "config.json"


def load(path):
    """Read the settings.

    :raise AgentError: where there are none, or none that can be used
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        known = {field.name for field in fields(Config)}
        return Config(**{key: values[key] for key in values.keys() & known})
    except FileNotFoundError as error:
        raise AgentError("Not logged in yet: run telephony-agent login.") from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise AgentError(f"The settings in {path} can't be read.") from error


def check_url(url, allow_http=False):
    """Return the address of a server as it is used: scheme, host and port.

    :param bool allow_http: whether the token may go over the network in the clear
    :raise AgentError: where it is none, or not encrypted
    """
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise AgentError("Give Odoo's address as https://odoo.example.com")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_http:
        raise AgentError(
            "Without https everybody on the network could read the token. If you mean "
            "it, add --allow-http."
        )
    return f"{parts.scheme}://{parts.netloc}"
