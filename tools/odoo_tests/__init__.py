"""``make test-odoo``: Odoo's own tests, without the addon and with it, compared.

Each part (the tests of one module, or its browser tests) runs in two databases that
differ in the addon alone. Tests that pass without it and do not pass with it fail the
target.
"""
