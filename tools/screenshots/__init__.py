"""``make screenshots``: pictures of the real thing for the pages in Odoo's Apps."""
