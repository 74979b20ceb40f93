from . import test_access
from . import test_board
from . import test_board_tour
from . import test_call_report
from . import test_js
from . import test_missed
from . import test_parameters
from . import test_way_out
