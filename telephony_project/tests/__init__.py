from . import test_sections
