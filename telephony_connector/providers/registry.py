from .asterisk import AsteriskProvider
from .mightycall import MightyCallProvider
from .softphone import SoftphoneProvider

_PROVIDERS = {}


def register_provider(provider_class):
    """Make a provider known; other addons call this when they are imported.

    :param type provider_class: a subclass of ``base.Provider`` with its own ``code``
    """
    _PROVIDERS[provider_class.code] = provider_class


def get_provider_class(code):
    """Return the provider class registered under ``code``.

    :raise KeyError: where no installed addon brings that provider
    """
    return _PROVIDERS[code]


def provider_selection():
    """Return the (code, label) pairs of all providers, in order of registration."""
    return [(code, cls.label) for code, cls in _PROVIDERS.items()]


register_provider(AsteriskProvider)
register_provider(MightyCallProvider)
register_provider(SoftphoneProvider)
