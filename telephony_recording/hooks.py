def post_init_hook(env):
    """Bind passwords for recordings that were stored before to where they are sent.

    Where the base had recordings itself, its rows have them.
    """
    env["telephony.pbx"].with_context(active_test=False).search([])._bind_secrets()


def uninstall_hook(env):
    """Delete the recordings, and what the chatters of calls held.

    Odoo deletes the columns; files, messages and followers would stay.
    """
    # Calls had a thread by this addon alone. That they inherit it Odoo also notes as of
    # each addon that extends the thread, the base among them, and would leave behind.
    domain = [
        ("model_id.model", "=", "telephony.call"),
        ("parent_id.model", "=", "mail.thread"),
    ]
    env["ir.model.inherit"].search(domain).unlink()
    files = env["ir.attachment"]._search(
        [("res_model", "=", "telephony.call"), ("res_field", "=", "recording_file")]
    )
    env["ir.attachment"].browse(list(files)).unlink()
    for model, field in (("mail.message", "model"), ("mail.followers", "res_model")):
        env[model].search([(field, "=", "telephony.call")]).unlink()
