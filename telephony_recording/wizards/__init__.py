from . import telephony_legal_hold
from . import telephony_registration
