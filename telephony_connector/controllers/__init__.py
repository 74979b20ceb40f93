from . import telephony
from . import webhook
from . import api
from . import lookup
from . import telephony_agent
