"""What the commands of ``odoo telephony`` do; their arguments are read in ``cli/``."""
