"""Building and checking the number index from a terminal."""

from odoo import SUPERUSER_ID, api

from ..odoo_compat import Registry, retrying

BAR_WIDTH = 40
# Differences that are written out; all are counted.
MAX_LISTED = 100


class Progress:
    """A bar that is redrawn on a terminal, and a line every tenth of it elsewhere."""

    def __init__(self, out):
        self.out = out
        self.is_terminal = out.isatty()
        self.last_step = -1

    def show(self, done, total):
        """Show how much of the whole is done."""
        share = done / total if total else 1
        step = int(share * (1000 if self.is_terminal else 10))
        if step == self.last_step:
            return
        self.last_step = step
        bar = ("#" * int(share * BAR_WIDTH)).ljust(BAR_WIDTH)
        start, end = ("\r", "") if self.is_terminal else ("", "\n")
        self.out.write(f"{start}[{bar}] {share:6.1%}  record {done} of {total}{end}")
        self.out.flush()

    def close(self):
        """End the bar's line."""
        if self.is_terminal:
            self.out.write("\n")


def reindex(dbname, out, restart=False):
    """Build the number index, in batches that each commit and lock no table.

    May be stopped at any time: it goes on from where it was. A complete index is built
    anew, and stays usable meanwhile.

    :param str dbname: database
    :param out: text stream for the progress
    :param bool restart: start over even where an earlier run was interrupted
    """
    registry = Registry(dbname)
    progress = Progress(out)

    def start(sources):
        if restart or not sources.search_count([("is_done", "=", False)]):
            sources._restart()

    def step(sources):
        source = sources.search([("is_done", "=", False)], limit=1)
        if source:
            source._build_batch()
        progress.show(*sources._count_records())
        return bool(source)

    _transaction(registry, start)
    while _transaction(registry, step):
        pass
    progress.close()


def _transaction(registry, function):
    """Call the function with the sources, in a transaction that is tried again."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        return retrying(lambda: function(env["telephony.number.source"]), env)


def check_index(dbname, out, mend=False):
    """Compare the number index with all records and name the differences.

    :param str dbname: database
    :param out: text stream that the differences are written to
    :param bool mend: also make the index right
    :return: whether the index was right
    :rtype: bool
    """
    looked_at = missing_count = extra_count = listed = 0
    with Registry(dbname).cursor() as cr:
        sources = api.Environment(cr, SUPERUSER_ID, {})["telephony.number.source"]
        for model, count, missing, extra in sources._check_all(mend):
            looked_at += count
            missing_count += len(missing)
            extra_count += len(extra)
            for sign, rows in (("missing", missing), ("extra", extra)):
                for id_, field, number, _certain in rows[: MAX_LISTED - listed]:
                    out.write(f"{sign}: {number} of {model} {id_}, {field}\n")
                    listed += 1
    mended = " (mended)" if mend and missing_count + extra_count else ""
    out.write(
        f"{looked_at} records looked at: {missing_count} numbers missing, "
        f"{extra_count} too many{mended}\n"
    )
    return not missing_count + extra_count
