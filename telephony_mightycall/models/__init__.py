from . import telephony_pbx
from . import telephony_extension
from . import telephony_command
from . import telephony_text
from . import telephony_mightycall_session
from . import res_users
