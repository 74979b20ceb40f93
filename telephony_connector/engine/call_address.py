"""The address that a softphone opens on a call: what its parameters are called.

Each telephone system may give the parameters names of its own; what they say is known
by ours everywhere else.
"""

import re

# What an address may say of a call, by our own names.
PARAMETERS = ("number", "dialed", "uniqueid", "name")
# These say which page is meant, whatever the softphone.
RESERVED = frozenset(("pbx", "ref", "call", "direction"))
# A softphone does not choose it: there is an address for each direction.
_FIXED = RESERVED - {"direction"}
_NAME = re.compile(r"[A-Za-z][\w.\-]{0,31}", re.ASCII)


def is_parameter_name(name):
    """Say whether a telephone system may call a parameter so.

    :param str name: as it would stand in the address
    :rtype: bool
    """
    return bool(_NAME.fullmatch(name)) and name not in RESERVED


def read_parameters(parameters, names):
    """Return what an address says of a call.

    :param dict parameters: names and values as they came
    :param dict names: what the telephone system calls ``PARAMETERS``, by these
    :return: what means something and is not empty, by our own names
    :rtype: dict
    """
    known = names | {name: name for name in _FIXED}
    return {
        ours: parameters[theirs]
        for ours, theirs in known.items()
        if parameters.get(theirs)
    }
