from . import telephony_mightycall_status
from . import telephony_pbx_setup
