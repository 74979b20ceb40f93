from . import test_call_door
from . import test_call_panel
from . import test_controllers
from . import test_dial_link
from . import test_js
from . import test_registration
from . import test_softphone
from . import test_telephony_command
