from . import telephony_agent_token_new
from . import telephony_registration
from . import telephony_registration_match
