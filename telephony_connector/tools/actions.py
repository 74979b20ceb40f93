"""Actions that methods return to the web client."""


def notify(kind, message):
    """Return the action that shows a notification and reads the page anew.

    :param str kind: ``info``, ``success``, ``warning`` or ``danger``
    :param str message: in the user's language
    :rtype: dict
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": message,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
