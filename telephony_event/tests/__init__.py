from . import test_attendee
