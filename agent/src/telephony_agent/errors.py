"""What can go wrong; the texts are for the person at the computer."""


class AgentError(Exception):
    """Trying again will not help: the settings or the token have to change."""


class TokenRefused(AgentError):
    """Odoo does not know the token, or not any more."""


class ConnectionFailed(Exception):
    """Odoo can't be reached now; it may be later."""
