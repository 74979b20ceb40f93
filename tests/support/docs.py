"""What a page of the docs tells its readers to write into files."""

import re

from tools.stack.paths import ROOT

_BLOCK = re.compile(
    r'^```ini title="(\S+?)(?: \((\S+)\))?"\n(.*?)^```$', re.MULTILINE | re.DOTALL
)


def lines_for(page, tag=""):
    """
    :param page: a file in ``docs/``.
    :param tag: of the blocks that are meant; those without one for the first set-up.
    :return: dict, the name of a file → what the page says should be added to it.
    """
    text = (ROOT / "docs" / page).read_text()
    found = {}
    for name, block_tag, lines in _BLOCK.findall(text):
        if block_tag == tag:
            found[name] = f"{found.get(name, '')}\n{lines}"
    return found
