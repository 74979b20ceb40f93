"""Random input for whatever reads what others send: ``make fuzz``."""
