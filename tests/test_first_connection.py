"""A telephone system that is described to a plain install is connected at once."""

import pytest

from tools.stack.demo_data import create_pbx
from tools.stack.rpc import OdooClient
from tools.stack.waiting import wait_for

from .support.stack import listening_odoo


@pytest.fixture
def plain(postgres, installed):
    """An Odoo that listens itself, by its scheduled actions."""
    with listening_odoo(postgres, installed, "first_connection") as odoo:
        yield odoo


def test_the_first_connection_does_not_wait_for_the_next_minute(plain, postgres, stack):
    """Neither the first one, nor that of settings that are mended."""
    postgres.query(
        "UPDATE ir_cron SET nextcall = nextcall + interval '1 day' RETURNING id",
        database=plain.database,
    )
    admin = OdooClient(plain.url, plain.database, "admin")
    pbx = create_pbx(admin, stack.asterisk.host, stack.asterisk.port, secret="wrong")

    def state():
        domain = [("id", "=", pbx)]
        return admin.one("telephony.pbx", domain, ["shown_state"])["shown_state"]

    assert state() in ("connecting", "login_refused")
    wait_for(lambda: state() == "login_refused", what="the first login")
    create_pbx(admin, stack.asterisk.host, stack.asterisk.port)
    wait_for(lambda: state() == "connected", what="the next one")
