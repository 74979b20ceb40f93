def post_init_hook(env):
    """Bind keys that were stored before to the servers that they are sent to.

    Where the base had MightyCall itself, its rows have them. Logins are made anew:
    nobody noted which server gave the present ones.
    """
    for model in ("telephony.pbx", "telephony.extension"):
        env[model].with_context(active_test=False).search([])._bind_secrets()
    env["telephony.mightycall.session"].search([("place", "=", False)]).unlink()


def uninstall_hook(env):
    """Forget the keys and the errors that the base keeps of MightyCall's server.

    The telephone systems become such that use the API alone: their calls stay.
    """
    pbxs = env["telephony.pbx"].with_context(active_test=False)
    pbxs.search([("provider", "=", "mightycall")]).write(
        {
            "secret": False,
            "connection_state": "stopped",
            "connection_reason": False,
            "last_error_reason": False,
            "last_error_date": False,
        }
    )
