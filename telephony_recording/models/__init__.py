from . import telephony_api
from . import telephony_call
from . import telephony_call_retention
from . import telephony_card
from . import telephony_pbx
from . import telephony_recording_rule
from . import telephony_retention
