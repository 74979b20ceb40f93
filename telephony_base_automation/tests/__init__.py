from . import test_failing_call
