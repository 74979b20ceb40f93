import json
import shlex
import socket
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..engine.texts import text
from ..listener.check import Finding
from ..listener.discover import Found, FoundExtension
from ..wizards import telephony_pbx_setup
from .common import TelephonyCommon
from .common_http import TelephonyHttpCommon


class SetupCase(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.env.ref("base.user_admin")
        cls.setups = cls.env["telephony.pbx.setup"].with_user(cls.administrator)

    def setup(self, system, **values):
        return self.setups.create(
            {"system": system, "country_id": self.france.id, **values}
        )

    def look(self, *findings):
        return patch.object(telephony_pbx_setup, "check_now", lambda _: [*findings])

    def find(self, *numbers):
        found = Found({number: FoundExtension(number) for number in numbers}, [])
        return patch.object(telephony_pbx_setup, "discover_now", lambda _: found)


@tagged("post_install", "-at_install")
class TestPbxSetupKinds(SetupCase):
    """The guided form for each kind of telephone system, to its first call."""

    def test_the_kind_is_asked_first(self):
        setup = self.setups.create({"country_id": self.france.id})
        self.assertEqual(setup.step, "kind")
        for action in (setup.action_next, setup.action_test, setup.action_finish):
            with self.assertRaisesRegex(UserError, "Which kind"):
                action()
        setup.system = "asterisk"
        setup.action_next()
        self.assertEqual(setup.step, "account")
        setup.action_back()
        self.assertEqual(setup.step, "kind")

    def test_every_kind_can_be_chosen(self):
        systems = self.setups._fields["system"].get_values(self.env)
        self.assertEqual(set(systems), set(self.setups._get_kinds()))
        providers = self.env["telephony.pbx"]._fields["provider"].get_values(self.env)
        offered = {kind.provider for kind in self.setups._get_kinds().values()}
        self.assertLessEqual({"asterisk", "softphone", "api"}, offered)
        self.assertLessEqual(offered, set(providers))

    def test_words_are_those_of_the_form(self):
        """One thing is called the same, and explained the same, in both places."""
        kinds = self.setups._get_kinds().values()
        names = {name for kind in kinds for name in kind.fields}
        words = {name: set() for name in names}
        for model in (self.setups, self.env["telephony.pbx"]):
            for name, shown in model.fields_get(names, ["string"]).items():
                words[name].add(shown["string"])
        self.assertGreater(len(words), 10)
        self.assertEqual({name for name, said in words.items() if len(said) > 1}, set())

    def test_the_name_is_free(self):
        """A second run does not fail on the name of the first."""
        first = self.setup("api")
        first.action_finish()
        second = self.setup("api")
        self.assertNotEqual(second.name, first.name)
        second.action_finish()
        self.assertNotEqual(second.pbx_id, first.pbx_id)
        first.pbx_id.active = False
        third = self.setup("asterisk", name=first.name, host="127.0.0.1")
        with self.look(), self.assertRaisesRegex(UserError, "another name"):
            third.action_test()

    def test_the_country_is_filled(self):
        germany, japan = self.env.ref("base.de"), self.env.ref("base.jp")
        company, user = self.env.company, self.administrator
        company.country_id, user.country_id, user.tz = germany, japan, "Europe/Paris"
        self.assertEqual(self.setups.create({}).country_id, germany)
        company.country_id = False
        self.assertEqual(self.setups.create({}).country_id, japan)
        user.country_id = False
        self.assertEqual(self.setups.create({}).country_id, self.france)

    def test_which_address_is_let_in(self):
        hosts = {
            "127.0.0.1": ["127.0.0.1/255.255.255.255"],
            "::1": ["::1/128"],
            "both.example.com": ["::1/128", "127.0.0.1/255.255.255.255"],
            "unknown.example.com": ["<address of your Odoo server>/255.255.255.255"],
            "a" * 70 + ".example.com": [
                "<address of your Odoo server>/255.255.255.255"
            ],
            False: ["<address of your Odoo server>/255.255.255.255"],
        }
        known = {
            "both.example.com": ["::1", "127.0.0.1"],
            "unknown.example.com": [],
        }
        lookup = socket.getaddrinfo

        def resolve(host, port, **kwargs):
            if known.get(host) == []:
                raise socket.gaierror
            return [
                info
                for address in known.get(host, [host])
                for info in lookup(address, port, **kwargs)
            ]

        for host, permitted in hosts.items():
            with self.subTest(host=host), patch.object(socket, "getaddrinfo", resolve):
                conf = self.setup("asterisk", host=host).manager_conf
                lines = [f"permit = {each}" for each in permitted]
                self.assertEqual(
                    [line for line in conf.splitlines() if "permit" in line], lines
                )
                self.assertEqual("deny = ::/0" in conf, "::1/128" in permitted)

    def test_what_is_wrong_is_not_among_what_is_right(self):
        setup = self.setup("asterisk", host="127.0.0.1")
        with self.look(
            Finding(True, text("check_login", user="odoo")),
            Finding(False, text("check_write_missing", name="call", purpose="…")),
            Finding(None, text("check_read_unsure", purpose="…")),
            Finding(
                False,
                text("check_context_missing", context="x"),
                ("internal", "phones"),
            ),
        ):
            setup.action_test()
        self.assertTrue(setup.is_reached)
        self.assertEqual(setup.passes, "login as “odoo”")
        self.assertEqual(len(setup.faults.splitlines()), 2)
        self.assertIn("permission “call” (write) is missing", setup.faults)
        self.assertIn("can't be tried", setup.doubts)
        self.assertEqual(setup.contexts, "internal, phones", "to choose from")

    def test_what_to_do_next(self):
        """One primary button at each step, and a way back and out of each."""
        setup = self.setup("asterisk", host="127.0.0.1")
        right = Finding(True, text("check_login", user="odoo"))
        wrong = Finding(False, text("check_context_missing", context="x"))
        self.assertEqual(self.get_buttons(setup), (["Next"], ["Cancel"]))
        setup.action_next()
        self.assertEqual(self.get_buttons(setup), (["Test"], ["Back", "Cancel"]))
        with self.look(wrong):
            setup.action_test()
        self.assertEqual(self.get_buttons(setup), (["Test Again"], ["Back", "Cancel"]))
        with self.look(right, wrong):
            setup.action_test()
        self.assertEqual(
            self.get_buttons(setup),
            (["Test Again"], ["Go On Anyway", "Back", "Cancel"]),
        )
        with self.look(right):
            setup.action_test()
        self.assertEqual(
            self.get_buttons(setup),
            (["Find Extensions"], ["Test Again", "Back", "Cancel"]),
        )
        with self.find("2001"):
            setup.action_connect()
        self.assertEqual(self.get_buttons(setup), (["Connect"], ["Back", "Cancel"]))
        setup.action_finish()
        self.assertEqual(self.get_buttons(setup), ([], ["Done", "Back", "Close"]))

    def get_buttons(self, setup):
        """Return the labels of the footer's buttons: the primary ones, the others."""
        view = setup.get_view(view_type="form")["arch"]
        footer = etree.fromstring(view).find(".//footer")
        values = {name: setup[name] for name in setup._fields}
        primary, others = [], []
        for button in footer.iter("button"):
            hidden = button.get("invisible")
            if hidden and safe_eval(hidden, values):
                continue
            group = primary if "btn-primary" in button.get("class", "") else others
            group.append(button.get("string"))
        return primary, others

    def test_changes_after_it_is_connected(self):
        """Who goes back from the last step mends the telephone system that is there."""
        setup = self.setup("freepbx", host="127.0.0.1")
        with self.find("2001", "2002"):
            setup.action_connect()
            setup.line_ids[1].is_chosen = False
            setup.action_finish()
            setup.action_back()
        self.assertEqual(setup.step, "extensions")
        self.assertEqual(setup.line_ids.mapped("number"), ["2002"])
        setup.context = "phones"
        setup.action_finish()
        self.assertEqual(setup.pbx_id.context, "phones")
        self.assertTrue(setup.pbx_id.has_secret)
        numbers = setup.pbx_id.extension_ids.mapped("number")
        self.assertEqual(numbers, ["2001", "2002"])

    def test_a_test_call(self):
        setup = self.setup("freepbx", host="127.0.0.1")
        with self.find("2001", "2002"):
            setup.action_connect()
        setup.line_ids[0].user_id = self.administrator
        setup.action_finish()
        self.assertEqual(setup.own_number, "2001")
        self.assertFalse(setup.is_connected)
        with self.assertRaisesRegex(UserError, "not running"):
            setup.action_ring()
        pbx = setup.pbx_id
        self.patch(type(pbx), "_has_leader", lambda pbx: True)
        pbx._set_connection("connected")
        setup.invalidate_recordset()
        self.assertTrue(setup.is_connected)
        # An extension elsewhere that would ring otherwise.
        self.env["telephony.extension"].create(
            {"number": "1", "pbx_id": self.pbx.id, "user_id": self.administrator.id}
        ).sequence = 1
        answer = setup.action_ring()
        command = self.env["telephony.command"].browse(answer["command_id"])
        self.assertEqual(command.pbx_id, pbx)
        self.assertEqual(command.payload["device"], "Local/2001@from-internal")
        self.assertEqual(command.payload["number"], "2001", "nobody else is rung")
        self.assertTrue(setup.is_tried)
        self.assertIn("rings", setup.test_result)
        command._finish("failed", "phone_offline")
        setup.invalidate_recordset()
        self.assertIn("not reachable", setup.test_result)
        self.assertFalse(setup.is_tried)
        setup.test_number = "06 12 34 56 78"
        command = command.browse(setup.action_ring()["command_id"])
        self.assertEqual(command.payload["number"], "+33612345678")
        command._finish("done")
        setup.invalidate_recordset()
        self.assertIn("You picked up", setup.test_result)

    def test_whose_phone_rings(self):
        setup = self.setup("freepbx", host="127.0.0.1")
        with self.find("2001"):
            setup.action_connect()
        setup.line_ids.user_id = self.alice
        setup.action_finish()
        self.patch(type(self.pbx), "_has_leader", lambda pbx: True)
        setup.pbx_id._set_connection("connected")
        with self.assertRaisesRegex(UserError, "own telephone"):
            setup.action_ring()
        setup.own_number = "2001"
        with self.assertRaisesRegex(UserError, "belongs to alice"):
            setup.action_ring()
        setup.own_number = "2002"
        setup.action_ring()
        own = setup.pbx_id.extension_ids.filtered(
            lambda each: each.user_id == self.administrator
        )
        self.assertEqual(own.number, "2002")

    def test_softphones_by_links(self):
        for system, softphone in (("3cx", "3cx"), ("softphone", "other")):
            with self.subTest(system=system):
                values = {"own_number": "2001", "dial_link": "callto:{number}"}
                setup = self.setup(system, **values)
                setup.action_next()
                setup.action_finish()
                self.assertEqual(setup.step, "call")
                pbx = setup.pbx_id
                self.assertEqual(pbx.provider, "softphone")
                self.assertEqual(pbx.softphone, softphone)
                self.assertEqual(pbx.extension_ids.user_id, self.administrator)
                self.assertIn(f"pbx={pbx.id}", setup.softphone_line)
                setup.test_number = "+33612345678"
                answer = setup.action_ring()
                self.assertEqual(answer["link"], "callto:+33612345678")
                self.assertFalse(answer["action"], "the form stays")
                self.assertTrue(setup.is_tried)
                setup.action_back()
                self.assertEqual(setup.step, "account")

    def test_the_watcher_is_told_of_the_connection(self):
        setup = self.setup("freepbx", host="127.0.0.1")
        setup.action_finish()
        sent = []
        users = type(self.administrator)
        self.patch(
            users, "_bus_send", lambda user, kind, message: sent.append((user, kind))
        )
        setup.pbx_id._set_connection("connected")
        self.assertIn((self.administrator, "telephony.pbx.setup/changed"), sent)


@tagged("post_install", "-at_install")
class TestPbxSetupByApi(SetupCase, TelephonyHttpCommon):
    """Another telephone system: its token, and its first request."""

    def test_the_first_request(self):
        setup = self.setup("api")
        setup.action_finish()
        self.assertFalse(setup.token)
        context = setup.action_new_token()["context"]
        shown = setup.with_context(**context)
        self.assertTrue(shown.token.startswith("tpc_"))
        self.assertEqual(setup.pbx_id.token_ids.hint, shown.token[:8])
        self.assertFalse(setup.token, "it is stored nowhere")
        self.assertFalse(shown.arrived)
        command = shlex.split(shown.example)
        self.assertEqual(command[0], "curl")
        header = command[command.index("-H") + 1]
        self.assertEqual(header, f"Authorization: Bearer {shown.token}")
        body = json.loads(command[command.index("-d") + 1])
        sent = []
        users = type(self.administrator)
        self.patch(
            users, "_bus_send", lambda user, kind, message: sent.append((user, kind))
        )
        path = command[-1].removeprefix(setup.get_base_url())
        answer = self.url_open(path, json=body, headers=dict([header.split(": ")]))
        self.assertEqual(answer.status_code, 201, answer.text)
        self.assertIn((self.administrator, "telephony.pbx.setup/changed"), sent)
        setup.invalidate_recordset()
        self.assertIn("It arrived", setup.arrived)
        again = setup.with_context(**context).action_look()
        self.assertEqual(again["context"], context, "it is shown on")
