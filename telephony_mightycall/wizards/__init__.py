from . import telephony_mightycall_status
