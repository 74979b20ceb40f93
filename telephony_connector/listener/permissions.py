"""What Odoo's account on an Asterisk must be allowed, and what fails without it."""

# Class of permissions (manager.conf, write) → an action that it allows, what it is for.
WRITE_CLASSES = {
    "originate": ("Originate", "calling from Odoo"),
    "call": ("Hangup", "hanging up and transferring from Odoo"),
    "reporting": (
        "CoreShowChannels",
        "noticing calls that began or ended while Odoo was not connected",
    ),
    "agent": ("QueuePause", "pausing agents and logging them into queues"),
}
# An administrator who mended the account reads this on the form.
LOGIN_ANEW = (
    "Asterisk goes by what was allowed at the login: after “manager reload” there, "
    "press Connect Now."
)


def get_missing(allowed):
    """Return the classes that the account lacks, with what does not work without.

    :param allowed: names of the AMI actions that the account may use
    :return: list of (class, what for)
    """
    return [
        (name, purpose)
        for name, (action, purpose) in WRITE_CLASSES.items()
        if action not in allowed
    ]


def describe_missing(allowed):
    """Return what the account lacks in an administrator's words, ``None`` if nothing.

    :param allowed: names of the AMI actions that the account may use
    """
    missing = get_missing(allowed)
    if not missing:
        return None
    texts = [f"“{name}” (write) for {purpose}" for name, purpose in missing]
    return f"Odoo's account lacks permissions: {'; '.join(texts)}. {LOGIN_ANEW}"
