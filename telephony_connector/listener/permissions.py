"""What Odoo's account on an Asterisk must be allowed, and what fails without it."""

from ..engine.texts import text

# Class of permissions (manager.conf, write) → an action that it allows, and the code of
# what it is for.
WRITE_CLASSES = {
    "originate": ("Originate", "for_originate"),
    "call": ("Hangup", "for_call"),
    "reporting": ("CoreShowChannels", "for_reporting"),
    "agent": ("QueuePause", "for_agent"),
}
# An administrator who mended the account reads this on the form.
LOGIN_ANEW = text("log_in_anew")


def get_missing(allowed):
    """Return the classes that the account lacks, with what does not work without.

    :param allowed: names of the AMI actions that the account may use
    :return: list of (class, text of what for)
    """
    return [
        (name, text(purpose))
        for name, (action, purpose) in WRITE_CLASSES.items()
        if action not in allowed
    ]


def describe_missing(allowed):
    """Return the text of what the account lacks, ``None`` if nothing.

    :param allowed: names of the AMI actions that the account may use
    """
    missing = get_missing(allowed)
    if not missing:
        return None
    texts = [
        text("permission_missing", name=name, purpose=purpose)
        for name, purpose in missing
    ]
    return text("permissions_missing", missing=texts, hint=LOGIN_ANEW)
