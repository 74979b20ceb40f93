"""The listener and a real database: notifications, and transactions that fail."""

import asyncio
import json
import time
from contextlib import closing
from unittest.mock import patch

import psycopg2.errors

from odoo.tests import TransactionCase, tagged

from ..listener import notifications
from ..listener.bridge import Bridge, ModuleGone, Unavailable
from ..listener.election import Election, connect
from ..odoo_compat import connection_info_for
from .common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestNotifications(TransactionCase):
    def setUp(self):
        super().setUp()
        _name, self.dsn = connection_info_for(self.env.cr.dbname)
        self.patch(notifications, "RETRY_AFTER", 0.01)

    def notify(self, message):
        with closing(connect(self.dsn)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_notify(%s, %s)",
                [notifications.CHANNEL, json.dumps({"settings": message})],
            )

    def cut(self, dsn_name):
        """End the connections that have a name, as a restart of PostgreSQL does."""
        with closing(connect(self.dsn)) as connection, connection.cursor() as cursor:
            cursor.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = %s""",
                [dsn_name],
            )

    def test_heard_again_after_the_connection_was_cut(self):
        """The new connection has the number of the old one, in the process's table."""
        heard = asyncio.Queue()
        connected = asyncio.Queue()
        dsn = {**self.dsn, "application_name": "telephony-test"}

        async def hear():
            notified = notifications.Notifications(
                lambda: dsn,
                lambda message: heard.put_nowait(message["settings"]),
                lambda: connected.put_nowait(True),
            )
            task = asyncio.create_task(notified.run())
            try:
                async with asyncio.timeout(20):
                    for turn in range(3):
                        await connected.get()
                        await asyncio.to_thread(self.notify, turn)
                        self.assertEqual(await heard.get(), turn)
                        await asyncio.to_thread(self.cut, "telephony-test")
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

        asyncio.run(hear())


@tagged("post_install", "-at_install")
class TestElection(TransactionCase):
    def test_one_leads_and_the_next_one_follows(self):
        _name, dsn = connection_info_for(self.env.cr.dbname)
        first, second = Election(dsn, -1), Election(dsn, -1)
        self.addCleanup(second.resign)
        self.assertTrue(first.try_to_lead())
        self.assertFalse(second.try_to_lead())
        self.assertTrue(first.still_leads())
        self.assertFalse(second.still_leads())
        first.resign()
        self.assertFalse(first.still_leads())
        # PostgreSQL needs a moment to see that the session has ended.
        end = time.monotonic() + 20
        while not second.try_to_lead():
            self.assertLess(time.monotonic(), end, "the lead was not given up")
            time.sleep(0.01)


@tagged("post_install", "-at_install")
class TestBridge(TelephonyCommon):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.bridge = Bridge(self.env.cr.dbname)
        patcher = patch.object(self.bridge, "_cursor", self.registry.cursor)
        patcher.start()
        self.addCleanup(patcher.stop)

    def fail_with(self, *errors):
        """Return a function that raises these errors, one a call, then says "done"."""
        left = list(errors)

        def function(_env):
            if left:
                raise left.pop(0)
            return "done"

        return function

    def test_an_upgrade_in_another_process_passes(self):
        """No call is given up for it as one that the door can't take."""
        for error in (
            psycopg2.errors.UndefinedColumn,
            psycopg2.errors.UndefinedTable,
            psycopg2.errors.LockNotAvailable,
        ):
            with self.subTest(error=error), self.assertRaises(Unavailable):
                self.bridge._run(self.fail_with(error()))

    def test_a_server_that_goes_in_the_middle_costs_no_call(self):
        """psycopg2 has no class of its own for that; a fault of ours has one."""
        gone = psycopg2.DatabaseError("server closed the connection unexpectedly")
        with self.assertRaises(Unavailable):
            self.bridge._run(self.fail_with(gone))

        def divide(env):
            env.cr.execute("SELECT 1 / 0")

        with self.assertRaises(psycopg2.errors.DivisionByZero):
            self.bridge._run(divide)

    def test_what_can_be_tried_again_is(self):
        errors = psycopg2.InterfaceError(), psycopg2.errors.SerializationFailure()
        self.assertEqual(self.bridge._run(self.fail_with(*errors)), "done")

    def test_a_server_that_falls_silent_is_given_up(self):
        """One connection, used again and again."""
        bridge = Bridge(self.env.cr.dbname)
        pids = set()
        for _time in range(2):
            with closing(bridge._cursor()) as cr:
                parameters = cr._cnx.get_dsn_parameters()
                pids.add(cr._cnx.get_backend_pid())
        self.assertEqual(parameters["tcp_user_timeout"], "15000")
        self.assertEqual(parameters["keepalives"], "1")
        self.assertEqual(len(pids), 1)

    def test_what_a_second_try_mends_is_no_error_in_the_log(self):
        bridge = Bridge(self.env.cr.dbname)
        with (
            closing(bridge._cursor()) as cr,
            self.assertNoLogs("odoo.sql_db", "ERROR"),
            self.assertRaises(psycopg2.errors.UndefinedTable),
        ):
            cr.execute("SELECT FROM telephony_no_such_table")

    def test_an_error_of_ours_is_not_taken_for_the_databases(self):
        with self.assertRaises(psycopg2.errors.NotNullViolation):
            self.bridge._run(self.fail_with(psycopg2.errors.NotNullViolation()))

    def test_a_database_that_was_dropped_ends_the_listener(self):
        bridge = Bridge("telephony_test_no_such_database")
        with self.assertRaises(ModuleGone):
            bridge.check()

    def test_the_addon_is_not_installed_any_more(self):
        module = self.env.ref("base.module_telephony_connector")
        for state, error in (
            ("to upgrade", Unavailable),
            ("to remove", ModuleGone),
            ("uninstalled", ModuleGone),
        ):
            module.state = state
            module.flush_recordset()
            with self.subTest(state=state), self.assertRaises(error):
                self.bridge.check()

    def test_a_call_that_is_being_placed_is_not_forgotten(self):
        """The PBX can't know it before it is told of it."""
        self.ring("known", to="1002")
        self.patch(self.registry["telephony.pbx"], "_has_leader", lambda pbx: True)
        answer = self.env["telephony.client"].with_user(self.alice).dial("+33612340009")
        self.env.flush_all()
        self.assertEqual(self.bridge.open_calls(self.pbx.id), ["known"])
        command = self.env["telephony.command"].browse(answer["command_id"])
        command.state = "done"
        self.env.flush_all()
        self.assertEqual(len(self.bridge.open_calls(self.pbx.id)), 2)

    def test_terms_grow_and_orders_of_the_last_leader_end(self):
        self.patch(self.registry["telephony.pbx"], "_has_leader", lambda pbx: True)
        answer = self.env["telephony.client"].with_user(self.alice).dial("+33612340009")
        command = self.env["telephony.command"].browse(answer["command_id"])
        command.state = "sent"
        self.env.flush_all()
        first = self.bridge.begin_term(self.pbx.id, goes_on=True)
        self.assertEqual(command.state, "sent", "it is carried out by this leader")
        self.assertGreater(self.bridge.begin_term(self.pbx.id), first)
        self.env.invalidate_all()
        self.assertRecordValues(command, [{"state": "failed", "code": "unknown"}])
