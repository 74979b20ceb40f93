"""Pure rules of telephony: standard library only, no odoo, no asyncio, no I/O."""
