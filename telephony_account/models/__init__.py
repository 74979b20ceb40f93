from . import telephony_customer
