from . import test_call_door
