"""Texts in the repository that tests compute and compare."""

import os

HOW = "where this is meant, run the test with UPDATE_SNAPSHOTS=1"


def assert_tables(case, path, tables):
    """Make sure that a page in Markdown has tables; with the variable, write them.

    :param dict tables: lines of a table by the heading that it stands below
    """
    lines = path.read_text().splitlines()
    for heading, table in tables.items():
        start = lines.index(heading) + 1
        while not lines[start].startswith("|"):
            start += 1
        end = start
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        if os.environ.get("UPDATE_SNAPSHOTS"):
            lines[start:end] = table
            path.write_text("".join(f"{line}\n" for line in lines))
        else:
            case.assertEqual(lines[start:end], table, f"{path.name}, {heading}: {HOW}")


def assert_snapshot(case, path, lines):
    """Make sure that a file has these lines; with ``UPDATE_SNAPSHOTS=1``, write it."""
    text = "".join(f"{line}\n" for line in lines)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text)
    case.assertEqual(
        path.read_text().splitlines(),
        text.splitlines(),
        f"{path.name}: {HOW}",
    )
