from . import telephony_pbx
