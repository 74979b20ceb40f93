"""What can go wrong between us and a telephone system, as one tree of exceptions.

The text of each is written for the administrator or user who meets it and holds no
secret. ``retryable`` says whether the same thing may be tried again soon.
"""


class TelephonyError(Exception):
    """Base of all: ``code`` is stable and may be stored and translated."""

    code = "error"
    retryable = False


class ConnectionFailed(TelephonyError):
    """The PBX could not be reached, or the connection was cut."""

    code = "unreachable"
    retryable = True


class NotResponding(ConnectionFailed):
    """The connection stands but nobody answers on it."""

    code = "not_responding"


class CertificateRefused(TelephonyError):
    """TLS was asked for and the PBX's certificate could not be verified."""

    code = "certificate"


class LoginRefused(TelephonyError):
    """The PBX knows us not: wrong user, wrong secret, or an address not permitted."""

    code = "login_refused"


class PermissionMissing(TelephonyError):
    """Logged in, but the PBX's account may not do what was asked."""

    code = "permission"


class SwitchedOff(TelephonyError):
    """This database is a copy, which is to leave the telephone system alone."""

    code = "off"


class ActionRefused(TelephonyError):
    """The PBX understood the action and said no."""

    code = "refused"


class ActionTimeout(TelephonyError):
    """An action got no answer in time. It is never sent again by itself."""

    code = "timeout"


class InvalidValue(TelephonyError):
    """A value that may not be sent to a PBX (a number that is none, a line break)."""

    code = "invalid"
