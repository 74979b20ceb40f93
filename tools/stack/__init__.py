"""A whole telephony stack on one machine: PostgreSQL, Odoo, the listener, Asterisk
and telephones, for the demo, the end-to-end tests and the benchmarks.

Everything is made under ``.local/`` and listens on loopback addresses and free
ports, so that several stacks can run side by side.
"""
