def uninstall_hook(env):
    """Leave nothing outside our own tables.

    The chatter's messages about calls stay: they belong to the records. What only makes
    sense with the addon (its queued notifications) goes with its tables.
    """
    env["ir.config_parameter"].sudo().search(
        [("key", "=like", "telephony_connector.%")]
    ).unlink()
    env.cr.execute("DROP SEQUENCE IF EXISTS telephony_term_seq")
