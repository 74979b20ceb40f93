from . import hr_employee
from . import res_partner
from . import telephony_number
