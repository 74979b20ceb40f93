from . import test_call_door
from . import test_js
