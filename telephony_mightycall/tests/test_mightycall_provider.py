from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.scripted_http import ScriptedServer

from ..providers import mightycall
from .common_mightycall import ACCOUNT

NUMBER = "+33612340001"
LOGGERS = (
    "odoo.addons.telephony_mightycall.providers.mightycall",
    "odoo.addons.telephony_mightycall.models.telephony_pbx",
)


@tagged("post_install", "-at_install")
class TestMightyCallProvider(TelephonyCommon):
    def setUp(self):
        super().setUp()
        self.answers = {
            "/v4/api/calls/makecall": (200, {"data": {"id": "m1"}, "isSuccess": True}),
            "/v4/api/calls": (200, {"data": {"calls": [], "total": 0}}),
            "/v4/api/phonenumbers": (
                200,
                {"data": {"phoneNumbers": [{"number": "+33199000001"}]}},
            ),
            "/v4/api/profile/status": (200, {"data": {"status": "busy"}}),
        }
        self.server = ScriptedServer(self.answer)
        self.addCleanup(self.server.close)
        self.pbx.write(
            {
                "provider": "mightycall",
                "mightycall_base_url": self.server.url,
                "mightycall_api_key": "the-api-key",
                "secret": "the-user-key",
                "mightycall_business_number": "+33199000001",
                "connection_state": "stopped",
            }
        )
        # Requests are counted, and calls placed, with cursors of their own.
        self.enterContext(self.enter_registry_test_mode())

    def answer(self, _method, path, _body):
        path = path.partition("?")[0]
        if path == "/v4/auth/token":
            return 200, {"access_token": "t", "refresh_token": "r", "expires_in": 9999}
        return self.answers[path]

    def click(self, user=None):
        """Have a user click the number; return the call and the command, committed."""
        answer = self.env["telephony.client"].with_user(user or self.alice).dial(NUMBER)
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()
        return (
            self.env["telephony.call"].browse(answer["call_id"]),
            self.env["telephony.command"].browse(answer["command_id"]),
        )

    def reconcile(self):
        """Run the scheduled action."""
        self.env.flush_all()
        self.env.ref("telephony_mightycall.ir_cron_reconcile").method_direct_trigger()
        self.env.invalidate_all()

    # === DIALING === #

    def test_click_asks_the_server(self):
        call, command = self.click()
        method, path, body = self.server.requests[-1]
        self.assertEqual((method, path), ("POST", "/v4/api/calls/makecall"))
        self.assertEqual(body, '{"from": "+33199000001", "to": "+33612340001"}')
        self.assertRecordValues(command, [{"state": "done", "answer": "m1"}])
        self.assertRecordValues(
            call, [{"state": "ringing", "user_id": self.alice.id, "number": NUMBER}]
        )

    def test_business_number_is_sent_as_the_server_writes_it(self):
        for number in ("+33 1 99 00 00 01", "01.99.00.00.01", "0033 1 99 00 00 01"):
            self.pbx.mightycall_business_number = number
            self.click()
            with self.subTest(number=number):
                _method, _path, body = self.server.requests[-1]
                self.assertIn('"from": "+33199000001"', body)

    def test_nothing_is_dialed_before_the_commit(self):
        self.env["telephony.client"].with_user(self.alice).dial(NUMBER)
        self.assertFalse(self.server.requests)

    def test_user_logs_in_as_himself(self):
        self.click()
        self.assertIn("client_secret=1001", self.server.requests[0][2])
        self.ext_bruno.mightycall_user_key = "brunos-key"
        self.click(self.bruno)
        self.assertIn("client_secret=brunos-key", self.server.requests[2][2])

    def test_login_is_kept_for_the_next_call(self):
        self.click()
        self.click()
        self.assertEqual(
            [path for _method, path, _body in self.server.requests].count(
                "/v4/auth/token"
            ),
            1,
        )

    @mute_logger(*LOGGERS)
    def test_refused_call_ends(self):
        self.answers["/v4/api/calls/makecall"] = (
            200,
            {"isSuccess": False, "message": "wrong number"},
        )
        call, command = self.click()
        self.assertRecordValues(command, [{"state": "failed", "code": "refused"}])
        self.assertIn("wrong number", command._get_message())
        self.assertRecordValues(call, [{"state": "ended", "outcome": "failed"}])

    @mute_logger(*LOGGERS)
    def test_unreachable_server(self):
        self.server.close()
        call, command = self.click()
        self.assertRecordValues(command, [{"state": "failed", "code": "unreachable"}])
        self.assertEqual(call.outcome, "failed")

    def test_unknown_whether_it_rings(self):
        """No answer in time: the call may ring, and its events may come yet."""
        call = self.call_row()
        command = self.env["telephony.command"]._hand_over(self.pbx, "dial", call)
        command._finish("failed", "unknown")
        self.assertEqual(call.state, "ringing")

    def call_row(self):
        return self.apply(
            self.change("odoo-1", direction="outbound", state="ringing", number=NUMBER)
        )

    def test_first_event_does_not_double_the_call(self):
        call, _command = self.click()
        change = {
            "pbx_id": self.pbx.id,
            "uniqueid": "m1",
            "direction": "outbound",
            "state": "ringing",
            "number": NUMBER,
            "start_date": fields.Datetime.now(),
        }
        self.env["telephony.call"]._apply_parts([change])
        self.assertEqual(call.uniqueid, "m1")
        calls = self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(calls, call)

    def test_settings_are_needed(self):
        self.pbx.mightycall_business_number = False
        with self.assertRaisesRegex(UserError, "business number"):
            self.env["telephony.client"].with_user(self.alice).dial(NUMBER)
        self.env.cr.postcommit.run()
        self.assertFalse(self.server.requests)

    def test_outgoing_page_opens_by_itself(self):
        call, _command = self.click()
        self.assertTrue(self.get_payload(call, self.alice)["open_page"])
        self.pbx.provider = "asterisk"
        self.assertFalse(self.get_payload(call, self.alice)["open_page"])

    # === LIMITS === #

    def spend(self, count):
        now = fields.Datetime.now()
        self.env["telephony.mightycall.request"].create(
            [
                {"pbx_id": self.pbx.id, "name": "GET /calls", "date": now}
                for _time in range(count)
            ]
        )

    @mute_logger(*LOGGERS)
    def test_never_more_than_the_server_allows(self):
        self.spend(mightycall.DAILY_LIMIT)
        _call, command = self.click()
        self.assertRecordValues(command, [{"state": "failed", "code": "limit"}])
        self.assertFalse(self.server.requests)

    @mute_logger(*LOGGERS)
    def test_what_runs_by_itself_stops_earlier(self):
        self.spend(mightycall.UNATTENDED_LIMIT)
        self.reconcile()
        self.assertFalse(self.server.requests)
        self.click()
        self.assertTrue(self.server.requests)

    def test_requests_of_yesterday_are_forgotten(self):
        self.spend(3)
        self.assertEqual(self.pbx.mightycall_request_count, 3)
        self.env["telephony.mightycall.request"].search([]).write(
            {"date": fields.Datetime.now() - timedelta(hours=25)}
        )
        self.pbx.invalidate_recordset()
        self.assertEqual(self.pbx.mightycall_request_count, 0)

    def test_one_look_costs_two_requests(self):
        """A login a day and one request an hour: far below 2,500."""
        self.reconcile()
        self.assertEqual(
            self.server.paths(), ["POST /v4/auth/token", "GET /v4/api/calls"]
        )
        self.reconcile()
        self.assertEqual(len(self.server.requests), 3)

    def test_a_system_that_is_left_out_costs_no_request_more(self):
        """Else the scheduled action would find itself not done, and run again."""
        self.env["telephony.pbx"].create(
            {**ACCOUNT, "name": "Keyless", "mightycall_api_key": False}
        )
        self.reconcile()
        self.assertEqual(len(self.server.requests), 2)

    # === THE LIST OF CALLS === #

    def listed(self, uniqueid="m7", **values):
        entry = {
            "id": uniqueid,
            "caller": {"phone": NUMBER},
            "called": {"phone": "+33199000001"},
            "dateTimeUtc": fields.Datetime.now().isoformat(),
            "duration": 60,
            "direction": "Incoming",
            "callStatus": "Connected",
            "callRecord": {"fileName": "a", "uri": "https://example.com/a.mp3"},
            **values,
        }
        self.answers["/v4/api/calls"] = (200, {"data": {"calls": [entry], "total": 1}})
        self.reconcile()
        return self.env["telephony.call"].search([("uniqueid", "=", uniqueid)])

    def test_call_that_no_event_told_of(self):
        self.assertRecordValues(
            self.listed(),
            [
                {
                    "state": "ended",
                    "outcome": "answered",
                    "number": NUMBER,
                    "duration": 60,
                }
            ],
        )
        self.assertEqual(self.pbx.connection_state, "connected")

    def test_call_whose_end_no_event_told(self):
        start = fields.Datetime.now() - timedelta(minutes=5)
        call = self.apply(
            self.change(
                "m7",
                direction="inbound",
                state="ongoing",
                number=NUMBER,
                start_date=start,
                answer_date=start + timedelta(seconds=9),
            )
        )
        self.listed()
        self.assertEqual((call.state, call.outcome), ("ended", "answered"))
        self.assertEqual(call.answer_date, start + timedelta(seconds=9))

    def test_events_keep_the_last_word(self):
        start = fields.Datetime.now() - timedelta(minutes=5)
        call = self.apply(
            self.change(
                "m7",
                direction="inbound",
                state="ended",
                outcome="missed",
                number=NUMBER,
                start_date=start,
                end_date=start + timedelta(seconds=20),
            )
        )
        self.listed(callStatus="VoiceMail")
        self.assertTrue(call.voicemail)
        self.assertEqual(call.voicemail_duration, 60)
        self.assertEqual(call.end_date, start + timedelta(seconds=20))

    @mute_logger(*LOGGERS)
    def test_the_state_says_what_failed(self):
        self.answers["/v4/api/calls"] = (200, {"isSuccess": False, "message": "no"})
        self.reconcile()
        self.assertEqual(self.pbx.connection_state, "refused")
        self.spend(mightycall.UNATTENDED_LIMIT)
        self.reconcile()
        self.assertEqual(self.pbx.connection_state, "error")
        self.assertIn("stops there", self.pbx.connection_message)

    @mute_logger(*LOGGERS)
    def test_failed_look_is_shown(self):
        self.answers["/v4/api/calls"] = (500, {})
        self.reconcile()
        self.assertEqual(self.pbx.connection_state, "unreachable")
        self.assertTrue(self.pbx.connection_message)
        self.assertFalse(self.pbx.mightycall_reconcile_date)

    # === SETTINGS AND SECRETS === #

    def test_secrets_are_write_only(self):
        self.ext_alice.mightycall_user_key = "alices-key"
        administrator = self.env.ref("base.user_admin")
        for record, names in (
            (self.pbx, ("secret", "mightycall_api_key")),
            (self.ext_alice, ("mightycall_user_key",)),
        ):
            as_administrator = record.with_user(administrator)
            [values] = as_administrator.read()
            self.assertNotIn("the-", str(values))
            self.assertNotIn("alices-key", str(values))
            for name in names:
                self.assertFalse(as_administrator[name])
                with self.assertRaises(AccessError):
                    as_administrator.read([f"stored_{name}"])
        self.assertTrue(self.pbx.mightycall_has_api_key)
        self.assertNotIn("stored_mightycall_api_key", self.pbx.copy_data()[0])

    def test_users_read_no_secret_and_no_address(self):
        for name in (
            "mightycall_api_key",
            "mightycall_has_api_key",
            "webhook_token",
            "webhook_url",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.pbx.with_user(self.alice).read([name])
        with self.assertRaises(AccessError):
            self.ext_alice.with_user(self.alice).read(["mightycall_has_user_key"])

    def test_new_key_forgets_logins(self):
        self.click()
        sessions = self.env["telephony.mightycall.session"]
        self.assertTrue(sessions.search([]))
        self.pbx.mightycall_api_key = "another"
        self.assertFalse(sessions.search([]))

    def test_addresses_that_are_none(self):
        for url in (
            False,
            "api.mightycall.com",
            "http://api.mightycall.com/v4",
            "https://user:pass@api.mightycall.com",
            "https://api.mightycall.com/v4?x=1",
            "file:///etc/passwd",
        ):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.pbx.mightycall_base_url = url

    def test_test_of_the_connection(self):
        self.env.flush_all()
        action = self.pbx.action_mightycall_test()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(self.pbx.connection_state, "connected")
        for number, kind, part in (
            ("+33199000009", "warning", "does not belong"),
            ("+33 1 99 00 00 01", "success", "Connected"),
            ("01.99.00.00.01", "success", "Connected"),
        ):
            self.pbx.write({"mightycall_business_number": number, "try_date": False})
            self.env.flush_all()
            with self.subTest(number=number):
                action = self.pbx.action_mightycall_test()
                self.assertEqual(action["params"]["type"], kind)
                self.assertIn(part, action["params"]["message"])

    def test_business_number_is_a_number(self):
        for number in ("anonymous", "nobody", "+33 1 99 <b>", "+33 1;99"):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                self.pbx.mightycall_business_number = number

    def test_a_second_attempt_waits(self):
        self.pbx.action_mightycall_test()
        before = len(self.server.requests)
        action = self.pbx.action_mightycall_test()
        self.assertIn("a moment ago", action["params"]["message"])
        self.assertEqual(len(self.server.requests), before)

    # === STATUS === #

    def test_status_of_a_user(self):
        wizards = self.env["telephony.mightycall.status"].with_user(self.alice)
        wizard = wizards.browse(wizards._open_mine()["res_id"])
        self.assertEqual(wizard.status, "busy")
        wizard.status = "away"
        wizard.action_apply()
        self.assertEqual(
            self.server.requests[-1],
            ("PUT", "/v4/api/profile/status", '{"status": "away"}'),
        )

    def test_status_only_where_there_is_one(self):
        self.assertTrue(self.alice.mightycall_has_status)
        self.assertFalse(self.outsider.mightycall_has_status)
        with self.assertRaises(UserError):
            self.env["telephony.mightycall.status"].with_user(
                self.supervisor
            )._open_mine()

    # === RACES === #

    def test_two_first_events_at_once_are_tried_again(self):
        with (
            patch.object(
                self.registry["telephony.call"], "_apply", side_effect=UniqueViolation
            ),
            self.assertRaises(ConcurrencyError),
        ):
            self.env["telephony.call"]._apply_parts([])
