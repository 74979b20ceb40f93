"""``telephony-agent login | run | status | install``."""

import argparse
import getpass
import logging
import signal
import sys

from . import __version__, install
from .agent import Agent
from .config import Config, check_url, default_path, load
from .errors import AgentError, ConnectionFailed, TokenRefused
from .server import Server

FAILED, REFUSED = 1, 3


class Redaction(logging.Filter):
    """Takes the token out of whatever is logged."""

    def __init__(self, token):
        super().__init__()
        self._token = token

    def filter(self, record):
        text = record.getMessage()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = record.exc_text.replace(self._token, "…")
        record.msg, record.args = text.replace(self._token, "…"), None
        return True


def main(argv=None):
    """Do what the command line says.

    :return: the exit status: 0, 1 for a failure, 3 where the token is refused
    """
    args = _parse(argv)
    try:
        return args.run(args)
    except TokenRefused as error:
        _complain(error)
        return REFUSED
    except (AgentError, ConnectionFailed) as error:
        _complain(error)
        return FAILED
    except KeyboardInterrupt:
        return 0


def _parse(argv):
    parser = argparse.ArgumentParser(prog="telephony-agent", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    login = commands.add_parser("login", help="set the server and the token")
    login.add_argument("url", help="Odoo's address, as https://odoo.example.com")
    login.add_argument("--database", default="", help="where Odoo has several")
    login.add_argument("--browser", default="", help="a command, with {url}")
    login.add_argument("--ca-file", default="", help="the server's own authority")
    login.add_argument("--no-notify", action="store_true", help="open pages alone")
    login.add_argument("--allow-http", action="store_true", help="send it unencrypted")
    login.set_defaults(run=_login)
    run = commands.add_parser("run", help="wait for calls")
    run.add_argument("-v", "--verbose", action="store_true")
    run.set_defaults(run=_run)
    status = commands.add_parser("status", help="ask Odoo whether the token is valid")
    status.set_defaults(run=_status)
    install_ = commands.add_parser("install", help="run at every login")
    install_.set_defaults(run=lambda args: install.install(_say))
    return parser.parse_args(argv)


def _login(args):
    """The token is asked for, or read from a pipe: an argument would be seen by all."""
    url = check_url(args.url, args.allow_http)
    token = (
        getpass.getpass("Token (from My Preferences in Odoo): ")
        if sys.stdin.isatty()
        else sys.stdin.readline()
    )
    config = Config(
        url=url,
        token=token.strip(),
        database=args.database,
        browser=args.browser,
        notify=not args.no_notify,
        ca_file=args.ca_file,
    )
    if not config.token.isascii() or not config.token.isprintable():
        raise TokenRefused("This is no token.")
    hello = Server(config).hello()
    config.save(default_path())
    _say(f"Logged in to {url} as {hello['user']}.")
    return 0


def _status(_args):
    config = load(default_path())
    hello = Server(config).hello()
    _say(f"{config.url} knows the token of {hello['user']}.")
    return 0


def _run(args):
    config = load(default_path())
    handler = logging.StreamHandler()
    handler.addFilter(Redaction(config.token))
    level = logging.DEBUG if args.verbose else logging.INFO
    logging.basicConfig(
        level=level, handlers=[handler], format="%(asctime)s %(levelname)s %(message)s"
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    Agent(Server(config), config).run()
    return 0


def _say(text):
    sys.stdout.write(f"{text}\n")


def _complain(error):
    sys.stderr.write(f"telephony-agent: {error}\n")
