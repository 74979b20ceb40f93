from . import telephony_registration
from . import telephony_registration_match
