from . import telephony
from . import telephony_agent
