"""What was said in a call: who reads and hears it, and what opens it for nobody."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import at
from .test_rights import RightsCommon

OPERATIONS = ("read", "write", "create", "unlink")
SECRET = "between us"


class ContentCommon(RightsCommon):
    """Calls of Tessa's, a colleague of Alice's team: Alice sees them, no more."""

    content_fields = ["note"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.own_contact = cls.env["res.partner"].create(
            [{"name": "Jeanne"}, {"name": "Alice's own"}]
        )

    def hide(self, record, users=None, operations=("read", "write")):
        """Take a record out of the reach of users, Alice alone unless they are named.

        :param operations: what they can't do with it
        """
        ids = (users or self.alice).ids
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                **{f"perm_{name}": name in operations for name in OPERATIONS},
                "model_id": self.env["ir.model"]._get(record._name).id,
                "domain_force": f"[('id', '!=', {record.id})] "
                f"if user.id in {ids} else [(1, '=', 1)]",
            }
        )

    def with_note(self, uniqueid="n1", record=None):
        call = self.ring(uniqueid, to="1003")
        call.with_user(self.tessa).register(
            "res.partner", (record or self.customer).id, note=f"<p>{SECRET}</p>"
        )
        return call

    def with_voicemail(self, uniqueid="v1"):
        call = self.ring(uniqueid, to="1003")
        call.write({"voicemail": True, "voicemail_duration": 9})
        return call

    def with_sound(self):
        """Return calls of Tessa's of which something can be heard."""
        return [self.with_voicemail()]

    def give_content(self, call):
        """Have something that was said belong to a call."""
        call.stored_note = f"<p>{SECRET}</p>"

    def assertKnown(self, content):
        """Make sure that all that was said is in what `content` returned."""
        self.assertIn(SECRET, content["note"])

    def content(self, call, user=None):
        """Return all that a user can get of what was said, as requests would."""
        self.env.invalidate_all()
        user = user or self.alice
        call = call.with_user(user)
        [values] = call.read(self.content_fields)
        lines = self.env["telephony.record.call"].with_user(user)
        for contact in (self.customer, self.own_contact):
            named = lines.with_context(telephony_record=["res.partner", contact.id])
            for line in named.search_read([("call_id", "=", call.id)], ["note"]):
                values[f"line {contact.id}"] = line["note"]
        page = self.env["telephony.registration"].with_user(user)
        action = page.open_for_call(call.id)
        if action["res_model"] == page._name:
            values["page"] = page.browse(action["res_id"]).note
        values["export"] = call.export_data(self.content_fields)["datas"][0][0]
        return {k: v for k, v in values.items() if v and k != "id"}


@tagged("post_install", "-at_install")
class TestContentStaysClosed(ContentCommon):
    def setUp(self):
        super().setUp()
        self.alice.group_ids += self.env.ref("base.group_allow_export")

    def register(self, call, record=None, user=None, **kwargs):
        """Register a call on Alice's own contact."""
        record = record or self.own_contact
        self.env.invalidate_all()
        call.with_user(user or self.alice).register(record._name, record.id, **kwargs)

    def test_a_colleague_gets_nothing(self):
        for call in self.with_sound():
            self.assertEqual(self.content(call), {})

    def test_registering_what_has_content_is_refused(self):
        self.hide(self.customer)
        for call in (self.with_note(), *self.with_sound()):
            with self.subTest(call=call.uniqueid), self.assertRaises(AccessError):
                self.register(call)
            self.assertEqual(self.content(call), {})

    def test_registering_what_a_colleague_registered_is_refused(self):
        """Also where there is no content yet."""
        self.hide(self.customer)
        call = self.ring("e1", to="1003")
        self.register(call, self.customer, self.tessa)
        with self.assertRaises(AccessError):
            self.register(call)
        self.assertEqual(call._get_object(), self.customer)

    def test_registering_first_opens_no_later_content(self):
        call = self.ring("e1", to="1003")
        self.register(call, note="<p>mine</p>")
        self.assertIn("mine", self.content(call)["note"], "one's own words")
        call.voicemail = True
        with self.assertRaises(AccessError):
            self.register(call)

    def test_a_message_created_first_shows_no_later_note(self):
        """Whoever registered first can't read the note in the chatter's message."""
        call = self.ring("e1", to="1003")
        self.register(call)
        message = call.message_id
        self.hide(self.customer)
        self.register(call, self.customer, self.tessa, note=f"<p>{SECRET}</p>")
        self.assertIn(SECRET, call.message_id.body)
        self.env.invalidate_all()
        for mine in (message, call.message_id):
            if mine.with_user(self.alice).has_access("read"):
                self.assertNotIn(SECRET, mine.with_user(self.alice).body)
        found = self.env["mail.message"].with_user(self.alice)
        self.assertFalse(found.search([("body", "ilike", SECRET)]))

    def test_a_message_that_was_moved_by_hand_comes_back(self):
        call = self.ring("e1", to="1003")
        self.register(call)
        self.hide(self.customer)
        self.register(call, self.customer, self.tessa)
        call.message_id.write({"model": "res.partner", "res_id": self.own_contact.id})
        self.register(call, self.customer, self.tessa, note=f"<p>{SECRET}</p>")
        self.assertEqual(call.message_id.res_id, self.customer.id)
        self.assertNotIn(SECRET, str(self.own_contact.message_ids.mapped("body")))

    def test_a_link_by_number_opens_nothing(self):
        self.own_contact.phone = "+33612340077"
        call = self.ring("l1", number="+33612340077", to="1003")
        self.assertEqual(call._get_object(), self.own_contact)
        self.give_content(call)
        self.assertEqual(self.content(call), {})

    def test_a_link_that_is_set_opens_nothing(self):
        call = self.ring("s1", to="1003")
        call._set_object(self.own_contact)
        call.is_registered = True
        self.give_content(call)
        self.assertEqual(self.content(call), {})

    def test_a_follow_up_opens_nothing(self):
        call = self.ring("f1", to="1002")
        self.give_content(call)
        call.followup_id = self.env["telephony.followup"].create(
            {
                "company_id": self.env.company.id,
                "number": call.number,
                "user_id": self.alice.id,
            }
        )
        self.assertEqual(self.content(call), {})

    def transferred(self, name, answered):
        """Return a call that Tessa answered and transferred to Alice."""
        legs = [
            {
                "uniqueid": "t-1003",
                "extension": "1003",
                "state": "ended",
                "start_date": at(0),
                "answer_date": at(5),
                "end_date": at(30),
            },
            {
                "uniqueid": "t-1001",
                "extension": "1001",
                "state": "ongoing" if answered else "ringing",
                "start_date": at(30),
                "answer_date": at(35) if answered else None,
            },
        ]
        call = self.apply(
            self.change(
                name,
                1,
                direction="inbound",
                state="ongoing",
                number="+33612340001",
                extension="1003",
                start_date=at(0),
                answer_date=at(5),
                legs=legs,
            )
        )
        self.give_content(call)
        return call

    def test_a_transfer_opens_it_once_somebody_talks(self):
        self.assertEqual(self.content(self.transferred("t1", answered=False)), {})
        self.assertKnown(self.content(self.transferred("t2", answered=True)))

    def test_who_was_rung_before_the_answer_took_part(self):
        call = self.ring("g1", to="1003")
        legs = [
            {
                "uniqueid": "g-1001",
                "extension": "1001",
                "state": "ended",
                "start_date": at(0),
                "end_date": at(5),
            }
        ]
        self.apply(self.change("g1", state="ongoing", answer_date=at(5), legs=legs))
        self.give_content(call)
        self.assertKnown(self.content(call))

    def test_the_record_s_readers_get_what_was_registered_for_them(self):
        call = self.with_note()
        self.give_content(call)
        content = self.content(call)
        self.assertIn(SECRET, content["note"])
        self.assertIn(SECRET, content[f"line {self.customer.id}"])
        self.assertKnown(content)
        self.hide(self.customer)
        self.env["telephony.registration"].search([]).unlink()
        self.assertEqual(self.content(call), {})

    def test_the_group_reads_what_it_sees(self):
        """Calls that a member may not see stay closed on a contact's list, too."""
        self.alice.group_ids += self.env.ref(
            "telephony_connector.group_telephony_content"
        )
        seen = self.ring("s1", to="1003")
        self.give_content(seen)
        self.assertKnown(self.content(seen))
        unseen = self.ring("u1", to="1002")
        unseen._set_object(self.customer)
        unseen.stored_note = f"<p>{SECRET}</p>"
        self.env.invalidate_all()
        lines = self.env["telephony.record.call"].with_user(self.alice)
        named = lines.with_context(
            telephony_record=["res.partner", self.customer.id]
        ).search_read([], ["note"])
        self.assertEqual([line["note"] for line in named], [False])


@tagged("post_install", "-at_install")
class TestMovingRegistrations(ContentCommon):
    def both(self):
        """Return a call that rang at Tessa's and Alice's, registered by Tessa."""
        call = self.ring("b1", to="1003")
        call.user_ids += self.alice
        call.with_user(self.tessa).register(
            "res.partner", self.customer.id, note=f"<p>{SECRET}</p>"
        )
        return call, call.message_id

    def move(self, call, user, note=False):
        self.env.invalidate_all()
        call.with_user(user).register("res.partner", self.own_contact.id, note=note)

    def test_not_from_a_record_out_of_reach(self):
        call, message = self.both()
        self.hide(self.customer)
        with self.assertRaises(AccessError):
            self.move(call, self.alice, "<p>other</p>")
        self.assertEqual(call._get_object(), self.customer)
        self.assertTrue(message.exists())
        self.assertIn(SECRET, message.body)

    def test_not_from_a_record_that_is_only_read(self):
        call, message = self.both()
        self.hide(self.customer, operations=("write",))
        with self.assertRaises(AccessError):
            self.move(call, self.alice)
        self.assertEqual(message.res_id, self.customer.id)

    def test_one_s_own_from_a_record_that_is_only_read(self):
        call, message = self.both()
        self.hide(self.customer, self.tessa, operations=("write",))
        self.move(call, self.tessa)
        self.assertEqual(message.res_id, self.own_contact.id)

    def test_the_message_moves_along_and_loses_nothing(self):
        call, message = self.both()
        self.move(call, self.alice)
        self.assertEqual(call._get_object(), self.own_contact)
        self.assertEqual(call.message_id, message)
        self.assertEqual(message.res_id, self.own_contact.id)
        self.assertIn(SECRET, message.body, "an empty note replaces none")
        self.assertEqual(message.author_id, self.tessa.partner_id)
        self.assertIn(SECRET, call.stored_note)

    def test_empty_notes_replace_none(self):
        call, message = self.both()
        for empty in (False, None, "", "<p></p>", "<p><br></p>", "<div> </div>"):
            call.with_user(self.tessa).register(
                "res.partner", self.customer.id, note=empty
            )
            self.assertIn(SECRET, call.stored_note)
            self.assertIn(SECRET, message.body)

    def test_the_result_stays_unless_it_is_given(self):
        result = self.env["telephony.disposition"].create({"name": "Sold"})
        call = self.ring("d1", to="1003").with_user(self.tessa)
        call.register("res.partner", self.customer.id, disposition=result.id)
        call.register("res.partner", self.customer.id)
        self.assertEqual(call.disposition_id, result)
        call.register("res.partner", self.customer.id, disposition=False)
        self.assertFalse(call.disposition_id)


@tagged("post_install", "-at_install")
class TestContentOverHttp(ContentCommon, HttpCase):
    """Each request reads anew: nothing is in a cache from the test's own doings."""

    def rpc(self, user, model, method, args, kwargs=None):
        self.authenticate(user.login, user.login)
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            return self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs or {},
                },
            )

    def test_the_calls_of_a_contact_list_with_those_of_colleagues(self):
        mine = self.ring("m1", number="+33612340041", to="1001")
        theirs = self.ring("m2", number="+33612340041", to="1002")
        said = self.ring("m3", number="+33612340041", to="1002")
        (mine | theirs)._set_object(self.customer)
        said.with_user(self.bruno).register(
            "res.partner", self.customer.id, note=f"<p>{SECRET}</p>"
        )
        found = self.rpc(
            self.alice,
            "telephony.record.call",
            "web_search_read",
            [],
            {
                "domain": [],
                "specification": {
                    name: {} for name in self.env["telephony.record.call"]._fields
                },
                "context": {"telephony_record": ["res.partner", self.customer.id]},
            },
        )
        notes = {line["id"]: line["note"] for line in found["records"]}
        self.assertEqual(set(notes), {mine.id, theirs.id, said.id})
        self.assertFalse(notes[theirs.id])
        self.assertIn(SECRET, notes[said.id])

    def test_every_field_of_what_a_list_shows_can_be_read(self):
        """No computed field needs what its reader may not read."""
        calls = self.make_calls("all")
        calls["team"]._set_object(self.customer)
        followup = self.env["telephony.followup"].create(
            {
                "company_id": self.env.company.id,
                "number": calls["others"].number,
                "user_id": self.alice.id,
            }
        )
        calls["others"].followup_id = calls["team"].followup_id = followup
        for user in (self.alice, self.supervisor):
            for model in ("telephony.call", "telephony.followup"):
                names = self.env[model].with_user(user).fields_get()
                with self.subTest(user=user.login, model=model):
                    found = self.rpc(
                        user, model, "search_read", [[], [*names]], {"limit": 80}
                    )
                    self.assertTrue(found)
