"""Pure rules of telephony: no odoo, no asyncio, no I/O.

Beside the standard library only ``phonenumbers``, the numbering plans of the world.
``tests/test_import_rules.py`` keeps it so.
"""
