from . import base_partner_merge
from . import telephony_pbx_setup
from . import telephony_pbx_setup_call
from . import telephony_agent_token_new
from . import telephony_registration
from . import telephony_registration_match
from . import telephony_followup_dismissal
from . import privacy_lookup_wizard
