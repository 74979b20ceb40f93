"""What can go wrong between us and a telephone system, as one tree of exceptions.

None holds a sentence: it has a text as of ``texts.text``, which whoever shows it
translates for its reader (``telephony.text``), and which holds no secret.
``retryable`` says whether the same thing may be tried again soon.
"""

from .texts import in_english, text


class TelephonyError(Exception):
    """Base of all: ``code`` is stable and may be stored.

    :param str reason: the code of what is said, where that is more than the class's
    :param params: what that says

    The exception's own text is English, for logs.
    """

    code = "error"
    retryable = False

    def __init__(self, reason="", /, **params):
        self.text = text(reason or self.code, **params)
        super().__init__(in_english(self.text))

    @property
    def said(self):
        """The telephone system's own words, empty where it said nothing."""
        return self.text["params"].get("said", "")


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
    """This database is a copy, which is to leave the telephone system alone.

    :param name: the telephone system's
    """

    code = "off"

    def __init__(self, name):
        super().__init__(self.code, name=name)


class ActionRefused(TelephonyError):
    """The PBX understood the action and said no.

    :param str said: its own words
    :param str reason: the code of what is said instead of these
    """

    code = "refused"

    def __init__(self, said="", reason=""):
        super().__init__(reason or self.code, said=said)


class ActionTimeout(TelephonyError):
    """An action got no answer in time. It is never sent again by itself."""

    code = "timeout"


class InvalidValue(TelephonyError):
    """A value that may not be sent to a PBX (a number that is none, a line break)."""

    code = "invalid"
