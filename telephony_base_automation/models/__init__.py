from . import ir_actions_server
from . import telephony_call
