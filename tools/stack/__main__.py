"""``python -m tools.stack COMMAND``: what the Makefile calls."""

import argparse
import os
import sys

from . import control, demo, exchange, testing, texts
from .paths import ROOT


def _seconds(text):
    return None if text == "no" else float(text)


def main():
    """
    :return: the exit status for the shell.
    """
    parser = argparse.ArgumentParser(prog="tools.stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="run everything until Ctrl-C")
    ring = commands.add_parser("ring", help="call into the running demo")
    ring.add_argument("caller", help="the caller id, or 'anonymous'")
    ring.add_argument("to", help="an extension, 600, 700 or a DID")
    ring.add_argument("--answer", type=_seconds, default=exchange.ANSWER_SECONDS)
    ring.add_argument("--talk", type=float, default=exchange.TALK_SECONDS)
    commands.add_parser("clean", help="remove databases, logs and screenshots")
    commands.add_parser("i18n", help="write the template of the translations")
    runs = {"test": testing.run, "e2e": testing.run_flows, "fuzz": testing.run_fuzz}
    for name in runs:
        tests = commands.add_parser(name, help="run the tests")
        tests.add_argument("args", nargs="*", help="for pytest")
    args = parser.parse_args()
    os.chdir(ROOT)
    if args.command == "demo":
        return demo.run()
    if args.command == "clean":
        return testing.clean()
    if args.command == "i18n":
        return texts.export()
    if args.command in runs:
        return runs[args.command](args.args)
    return control.order(
        caller=args.caller, to=args.to, answer=args.answer, talk=args.talk
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
