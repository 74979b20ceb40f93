"""What we use of Odoo that is no public API: the one place that imports it.

Each with the reason why the public API does not do. After an upgrade of Odoo,
``tests/test_odoo_private.py`` names what is gone or has another signature. It also
lists the private methods of Odoo that models call and override, which stay where they
are.
"""

# ruff: noqa: F401

# Threads and commands of ours open environments where no request and no cron does.
from odoo.modules.registry import Registry

# Requests and crons repeat a transaction that PostgreSQL could not serialize; outside
# them (a thread, a command) we have to ask for it.
from odoo.service.model import retrying

# The listener's connections are its own: a cron worker of the same process closes those
# of Odoo's pool when it goes on to another database. And a database's address is asked
# for to LISTEN on a connection that no pool may take.
from odoo.sql_db import (
    ConnectionPool,
    Cursor,
    PoolError,
    connection_info_for,
    db_connect,
)

# The key of the context that says that a module is being uninstalled: tables of ours
# may be gone already, and what every record passes must not touch them.
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

# Odoo asks for the password before it shows a key. Core's own addons import it from
# there, too; there is no other way to have that dialog.
from odoo.addons.base.models.res_users import check_identity

# What is sent to the web client's store of records, to add a field to activities.
from odoo.addons.mail.tools.discuss import Store
