"""What tests use of Odoo that is no public API: they import it here alone."""

# ruff: noqa: F401

# Every route of the addons, and the sessions of users who call them.
from odoo.http import _generate_routing_rules, root

# An upgrade's script, run as Odoo runs it.
from odoo.modules.migration import load_script

# How a request calls a method, and what it may not call.
from odoo.service.model import call_kw, get_public_method

# A channel's name as the bus knows it, for the desktop agent's stream.
from odoo.addons.bus.models.bus import channel_with_db
