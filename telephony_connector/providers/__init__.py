"""The kinds of telephone systems that need no other addon."""

from .api import ApiProvider
from .asterisk import AsteriskProvider
from .softphone import SoftphoneProvider

PROVIDERS = {
    "asterisk": AsteriskProvider,
    "softphone": SoftphoneProvider,
    "api": ApiProvider,
}
