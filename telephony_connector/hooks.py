def uninstall_hook(env):
    """Leave nothing outside our own tables.

    What users saved of calls stays in the chatters: it belongs to the records. The
    lines that the addon wrote there by itself go, as their links lead nowhere; what
    else only makes sense with the addon (its queued notifications) goes with its
    tables.
    """
    env["ir.config_parameter"].sudo().search(
        [("key", "=like", "telephony_connector.%")]
    ).unlink()
    written = [("message_id", "!=", False), ("is_registered", "=", False)]
    env["telephony.timeline"]._remove(env["telephony.call"].sudo().search(written))
    env.cr.execute("DROP SEQUENCE IF EXISTS telephony_term_seq")
