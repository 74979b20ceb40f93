"""The Asterisk Manager Interface: asyncio over panoramisk and the engine, no odoo."""
