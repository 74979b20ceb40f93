"""``odoo telephony …``: the addon's commands for a terminal. Argument parsing only.

Odoo loads this file as ``odoo.cli.telephony``, so its imports are absolute, and those
of the addon wait until the addons path is known.
"""

# pylint: disable=odoo-addons-relative-import

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading

from odoo.cli.command import Command
from odoo.modules import initialize_sys_path
from odoo.tools import config

_logger = logging.getLogger(__name__)

# Seconds after which a listener that is to stop has stopped.
STOP_WITHIN = 1.5


class Telephony(Command):
    """Listen to telephone systems"""

    name = "telephony"

    def __init__(self):
        super().__init__()
        subparsers = self.parser.add_subparsers(dest="subcommand", required=True)
        self._add(
            subparsers,
            "listen",
            self._listen,
            "Listen to the telephone systems of a database until stopped",
        )
        self._add(
            subparsers,
            "check",
            self._check,
            "Check the connections to the telephone systems; status 1 if one fails",
        )
        self._add(
            subparsers,
            "take-over",
            self._take_over,
            "Use the telephone systems that are off in this copy of a database",
        )
        reindex = self._add(
            subparsers,
            "reindex",
            self._reindex,
            "Index the phone numbers of all records; go on where that was interrupted",
        )
        reindex.add_argument(
            "--restart", action="store_true", help="start over even if interrupted"
        )
        check_index = self._add(
            subparsers,
            "check-index",
            self._check_index,
            "Compare the index of phone numbers with the records; status 1 if not",
        )
        check_index.add_argument(
            "--mend", action="store_true", help="also make the index right"
        )

        generate = self._add(
            subparsers,
            "generate-calls",
            self._generate_calls,
            "Invent calls for a demo or a benchmark, on the first telephone system",
        )
        generate.add_argument("--count", type=int, default=1000, help="how many calls")
        generate.add_argument(
            "--days", type=int, default=90, help="over how many days up to now"
        )
        generate.add_argument("--seed", type=int, help="the same seed, the same calls")

    def run(self, cmdargs):
        """Run ``odoo telephony`` with its arguments."""
        arguments = self.parser.parse_args(cmdargs)
        options = []
        if arguments.config:
            options += ["-c", arguments.config]
        if arguments.db_name:
            options += ["-d", arguments.db_name]
        config.parse_config(options, setup_logging=True)
        if len(config["db_name"]) != 1:
            self.parser.error("name one database, with -d or in the configuration file")
        initialize_sys_path()
        arguments.handler(config["db_name"][0], arguments)

    def _add(self, subparsers, name, handler, text):
        parser = subparsers.add_parser(
            name,
            help=text,
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.set_defaults(handler=handler)
        parser.add_argument("-c", "--config", help="configuration file of Odoo")
        parser.add_argument("-d", "--database", dest="db_name", help="database")
        return parser

    def _listen(self, dbname, _arguments):
        # The addon is a package of odoo.addons only once the addons path is known.
        from odoo.addons.telephony_connector.listener.bridge import Bridge
        from odoo.addons.telephony_connector.listener.service import Listener

        def stop(listener):
            listener.stop()
            # A thread of ours may wait for a database that does not answer.
            deadline = threading.Timer(STOP_WITHIN, os._exit, [0])
            deadline.daemon = True
            deadline.start()

        async def listen():
            listener = Listener(Bridge(dbname))
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop, listener)
            await listener.run()

        _logger.info("%s: listening to the telephone systems", dbname)
        asyncio.run(listen())
        _logger.info("%s: stopped", dbname)
        sys.exit(0)

    def _check(self, dbname, _arguments):
        from odoo.addons.telephony_connector.commands.connections import check

        sys.exit(not check(dbname, sys.stdout))

    def _take_over(self, dbname, _arguments):
        from odoo.addons.telephony_connector.commands.connections import take_over

        take_over(dbname, sys.stdout)

    def _reindex(self, dbname, arguments):
        from odoo.addons.telephony_connector.commands.number_index import reindex

        reindex(dbname, sys.stdout, restart=arguments.restart)

    def _check_index(self, dbname, arguments):
        from odoo.addons.telephony_connector.commands.number_index import check_index

        sys.exit(not check_index(dbname, sys.stdout, mend=arguments.mend))

    def _generate_calls(self, dbname, arguments):
        from odoo.addons.telephony_connector.commands.generate_calls import (
            generate_calls,
        )

        generate_calls(
            dbname, sys.stdout, arguments.count, arguments.days, arguments.seed
        )
