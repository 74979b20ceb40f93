from . import test_ami_session
from . import test_ami_tracker
from . import test_ami_transcripts
