"""Copies of a database leave the telephone systems of the original alone."""

import shutil

import pytest

from tools.stack.asterisk import MANAGER
from tools.stack.odoo import Odoo, OdooFailed
from tools.stack.paths import LOCAL
from tools.stack.postgres import ROLE, Postgres

ORIGINAL, COPY = "copies_original", "copies_copy"
CREATE = """
ADMIN = "base.user_admin"
pbx = env["telephony.pbx"].create({{
    "name": "Real", "host": "{host}", "port": {port}, "username": "{username}",
    "secret": "{secret}", "country_id": env.ref("base.fr").id,
    "extension_ids": [(0, 0, {{"number": "1001", "user_id": env.ref(ADMIN).id}})],
}})
"""
DIAL = """
from odoo.exceptions import UserError
admin = env.ref("base.user_admin")
try:
    env["telephony.client"].with_user(admin).dial("+33612340001")
except UserError as error:
    print("REFUSED:", error)
"""
FORGET = """
UPDATE telephony_pbx
   SET home = NULL, secret_places = NULL;
UPDATE ir_module_module
   SET latest_version = '19.0.1.0.0' WHERE name = 'telephony_connector';
SELECT 1
"""


@pytest.fixture(scope="module")
def original(postgres, installed, _session_stack):
    """A database in which the tests' Asterisk was set up."""
    odoo = Odoo(postgres, ORIGINAL)
    odoo.copy(installed)
    asterisk = _session_stack.asterisk
    odoo.shell(CREATE.format(host=asterisk.host, port=asterisk.port, **MANAGER))
    yield odoo
    postgres.drop(ORIGINAL)


@pytest.fixture
def copy(postgres):
    """Another database, without anything yet."""
    odoo = Odoo(postgres, COPY)
    yield odoo
    postgres.drop(COPY)


def check(odoo):
    """
    :return: what ``odoo telephony check`` prints, right or wrong.
    """
    try:
        return odoo.telephony("check")
    except OdooFailed as failed:
        return str(failed)


def logins(stack):
    """
    :return: how many are logged in at the manager interface.
    """
    lines = stack.asterisk.console("manager show connected").splitlines()
    [total] = [line for line in lines if "users connected" in line]
    return int(total.split()[0])


def test_the_original_connects(original):
    found = check(original)
    assert "ok   login as “odoo”" in found
    assert "off:" not in found


def test_copy_is_off_until_it_takes_over(stack, original, copy):
    copy.copy(original)
    before = logins(stack)
    listener = copy.start_listener("listener")
    try:
        listener.wait_for_log("Real: switched off")
        assert "FAIL off: “Real” was set up in another database" in check(copy)
        assert "REFUSED: “Real” is switched off here" in copy.shell(DIAL)
        assert logins(stack) == before
        assert "connecting" not in listener.read()
        assert copy.telephony("take-over").rstrip().endswith("Real")
        listener.wait_for_log("Real: connected")
        assert logins(stack) == before + 1
        assert "off:" not in check(copy)
    finally:
        listener.stop()
    assert "off:" not in check(original)


def test_dump_that_is_restored_is_off(postgres, original, copy, tmp_path):
    dump = tmp_path / "dump"
    postgres.run("pg_dump", "--format=custom", f"--file={dump}", ORIGINAL)
    postgres.create(COPY)
    postgres.run("pg_restore", f"--role={ROLE}", f"--dbname={COPY}", dump)
    found = check(copy)
    assert f"the database is called “{COPY}”, that one “{ORIGINAL}”" in found
    assert "the database was copied or restored" in found


def test_renamed_one_is_off(postgres, original, copy):
    postgres.rename(ORIGINAL, COPY)
    try:
        found = check(copy)
        assert "the database is called" in found
        assert "copied or restored" not in found
    finally:
        postgres.rename(COPY, ORIGINAL)
    assert "off:" not in check(original)


def test_role_that_may_not_ask_the_server(postgres, original, copy):
    revoke = "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC; SELECT 1"
    copy.copy(original)
    for odoo in (original, copy):
        postgres.query(revoke, database=odoo.database)
    try:
        assert "off:" not in check(original)
        assert "off:" in check(copy)
    finally:
        grant = revoke.replace("REVOKE", "GRANT").replace("FROM", "TO")
        postgres.query(grant, database=ORIGINAL)


def test_promoted_replica_is_the_original(postgres, original):
    directory = LOCAL / "replica"
    shutil.rmtree(directory, ignore_errors=True)
    postgres.replicate(directory)
    replica = Postgres(directory)
    try:
        replica.promote()
        assert replica.query("SELECT pg_is_in_recovery()") == [(False,)]
        odoo = Odoo(replica, ORIGINAL)
        found = check(odoo)
        assert "ok   login as “odoo”" in found
        assert "off:" not in found
    finally:
        replica.stop()
        shutil.rmtree(directory)
        original.write_config()


def test_upgrade_keeps_what_was_connected_connected(postgres, original, copy):
    """Before, nobody noted where a system was set up, or a secret typed for."""
    copy.copy(original)
    postgres.query(FORGET, database=COPY)
    assert "off:" in check(copy)
    copy.upgrade()
    found = check(copy)
    assert "ok   login as “odoo”" in found
    assert "True" in copy.shell(
        "pbx = env['telephony.pbx'].search([])\nprint(pbx.has_secret)"
    )
