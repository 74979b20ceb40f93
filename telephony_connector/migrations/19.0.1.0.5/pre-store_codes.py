# What was stored in English by the code that is stored now.
RECORDING_ERRORS = {
    "The telephone system has no such recording.": "missing",
    "The telephone system refused Odoo's login.": "refused",
    "The recording is on a server that the telephone system's form does not name.": (
        "host"
    ),
    "This database is a copy, in which the telephone system is switched off.": "off",
    "The server sends elsewhere, where Odoo does not follow.": "redirect",
    "The recording's server would get the password without encryption: use https, or "
    "allow it on the telephone system's form.": "unencrypted",
    "What the server sent is no sound.": "type",
    "The recording is too large.": "size",
    "The recording took too long to fetch.": "time",
    "The recording's server can't be reached.": "unreachable",
}
DROPPED = {
    "telephony_pbx": ("connection_message", "last_error"),
    "telephony_pbx_problem": ("message",),
}


def migrate(cr, version):
    """Keep codes where sentences were: each reader gets them in their own language.

    What the listener said of a connection it says again when it connects.
    """
    cr.execute(
        """
        SELECT FROM information_schema.columns
         WHERE table_name = 'telephony_call' AND column_name = 'recording_error'
           AND table_schema = current_schema()
        """
    )
    if cr.rowcount:
        cr.execute(
            "ALTER TABLE telephony_call"
            " RENAME COLUMN recording_error TO recording_error_code"
        )
        cr.execute(
            """
            UPDATE telephony_call
               SET recording_error_code = COALESCE(
                       (SELECT code FROM unnest(%s, %s) AS known (text, code)
                         WHERE text = recording_error_code),
                       'unreachable')
             WHERE recording_error_code IS NOT NULL
            """,
            [list(RECORDING_ERRORS), list(RECORDING_ERRORS.values())],
        )
    cr.execute("SELECT to_regclass('telephony_pbx_problem')")
    if cr.fetchone()[0]:
        cr.execute("DELETE FROM telephony_pbx_problem")
    for table, columns in DROPPED.items():
        for column in columns:
            cr.execute(
                f'ALTER TABLE IF EXISTS "{table}" DROP COLUMN IF EXISTS "{column}"'
            )
