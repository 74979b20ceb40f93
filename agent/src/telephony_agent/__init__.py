"""Opens the page of a call in Odoo when the telephone rings."""

__version__ = "1.0.0"
