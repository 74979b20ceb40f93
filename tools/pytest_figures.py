"""A pytest plugin: figures that tests measure are printed at the end of the run.

A test logs them, as info, to the logger ``telephony_connector.figures``.
"""

import logging


class _Figures(logging.Handler):
    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


_figures = _Figures()


def pytest_configure():
    """Collect what is logged from here on."""
    logger = logging.getLogger("telephony_connector.figures")
    logger.setLevel(logging.INFO)
    logger.addHandler(_figures)


def pytest_terminal_summary(terminalreporter):
    """Print the figures."""
    for line in _figures.lines:
        terminalreporter.write_line(f"FIGURES {line}")
