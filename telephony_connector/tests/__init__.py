from . import test_ami_session
