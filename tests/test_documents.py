"""What the documents quote and point to is there."""

import ast
import re

import polib
import pytest

from tools.stack.paths import ADDONS, ROOT

# Documents that are no part of the site, whose links `make docs` checks.
DOCUMENTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "agent/README.md")
# Pages whose texts in italics are labels of the interface.
GUIDES = ("troubleshooting.md", "using.md")
MESSAGES = re.compile(r"^\| Odoo shows \|.*\n\| -.*\n((?:\|.*\n)+)", re.MULTILINE)
LABELS = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?!\*)")
LINKS = re.compile(r"\]\(([^)\s]+)\)")
FENCES = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
PARAMETERS = re.compile(r"%\(\w+\)s|%s")
# Words of Odoo's own, of Asterisk, browsers and operating systems.
NOT_OURS = {
    "Settings",
    "Technical",
    "Scheduled Actions",
    "My Preferences",
    "Apps",
    "Connection refused",
    "Timed out",
    "always allow",
}


def one_line(text):
    return " ".join(PARAMETERS.sub("…", text).split())


@pytest.fixture(scope="module")
def texts():
    """All that the addons say, on one line, with … for what stands in it.

    As `make i18n` wrote it last, and what the Python has had since.
    """
    found = set()
    for addon in ADDONS:
        for file in (ROOT / addon / "i18n").glob("*.pot"):
            found |= {one_line(entry.msgid) for entry in polib.pofile(file)}
        for file in (ROOT / addon).rglob("*.py"):
            if "tests" not in file.relative_to(ROOT).parts:
                found |= set(map(one_line, get_literals(file)))
    return found


def get_literals(file):
    """Return the texts that stand in a file of Python."""
    return [
        node.value
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_messages_are_those_of_the_code(texts):
    """Each text that a table of troubleshooting.md says Odoo shows."""
    tables = MESSAGES.findall((ROOT / "docs/troubleshooting.md").read_text())
    rows = [row for table in tables for row in table.splitlines()]
    quoted = [row.split(" | ")[0].strip("| ") for row in rows]
    assert quoted
    assert [text for text in quoted if text not in texts] == []


@pytest.mark.parametrize("page", GUIDES)
def test_labels_are_those_of_the_interface(page, texts):
    content = FENCES.sub("", (ROOT / "docs" / page).read_text())
    labels = {part for text in LABELS.findall(content) for part in text.split(" > ")}
    assert labels
    assert sorted(labels - texts - NOT_OURS) == []


def get_anchors(path):
    """Return the anchors of a document's headings, as GitHub makes them."""
    content = FENCES.sub("", path.read_text())
    titles = re.findall(r"^#+ (.+)$", content, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
        for title in titles
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    path = ROOT / name
    broken = []
    for link in LINKS.findall(FENCES.sub("", path.read_text())):
        if re.match(r"\w+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file) if file else path
        if not target.exists() or (anchor and anchor not in get_anchors(target)):
            broken.append(link)
    assert broken == []
