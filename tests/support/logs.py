"""What Odoo's log may say during an installation."""

import re

_LINE = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) \S+ (\S+): (.*)")


def complaints(log):
    """
    :param log: what Odoo logged.
    :return: its lines that warn or tell of an error, as ``logger: message``.
    """
    found = (_LINE.match(line) for line in log.splitlines())
    return [f"{match[2]}: {match[3]}" for match in found if match]
