import re

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tests import new_test_user, tagged

from ..odoo_compat import Cursor
from .common import USER_GROUPS, TelephonyCommon, at

GROUP = "telephony_connector.group_telephony_"
ROLES = {
    "Nobody": "base.group_user",
    "User": f"base.group_user,{GROUP}user",
    "User with content": f"base.group_user,{GROUP}user,{GROUP}content",
    "Supervisor": f"base.group_user,{GROUP}supervisor",
    "Administrator": f"base.group_user,{GROUP}administrator",
}


class RightsCommon(TelephonyCommon):
    """Calls of oneself, of the team, of others, of nobody and of another company.

    Alice and Tessa are in one sales team, Bruno in none.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tessa = new_test_user(cls.env, "tessa_t", groups=USER_GROUPS)
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "company_id": cls.env.company.id,
                "member_ids": [Command.set((cls.alice | cls.tessa).ids)],
            }
        )
        cls.ext_tessa = cls.env["telephony.extension"].create(
            {"number": "1003", "pbx_id": cls.pbx.id, "user_id": cls.tessa.id}
        )
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.other_pbx = cls.pbx.copy(
            {"name": "Elsewhere", "company_id": cls.other_company.id}
        )
        cls.ext_foreign = cls.env["telephony.extension"].create(
            {"number": "1001", "pbx_id": cls.other_pbx.id}
        )

    def make_calls(self, prefix="r"):
        """Return the calls by what they are to Alice."""
        numbers = {"own": "1001", "team": "1003", "others": "1002", "unattended": "600"}
        calls = {
            name: self.ring(f"{prefix}-{name}", number=f"+3361234010{index}", to=number)
            for index, (name, number) in enumerate(numbers.items())
        }
        calls["other company"] = self.apply(
            {
                **self.change(f"{prefix}-x", 1, direction="inbound", state="ringing"),
                "pbx_id": self.other_pbx.id,
                "start_date": at(0),
                "legs": [{"uniqueid": "f-1", "extension": "1001", "state": "ringing"}],
            }
        )
        return calls

    def visible(self, user, records):
        """Return the names of those of the records that a list shows to the user."""
        model = next(iter(records.values())).with_user(user).browse()
        if not model.has_access("read"):
            return set()
        shown = model.search([("id", "in", [r.id for r in records.values()])])
        return {name for name, record in records.items() if record in shown}


@tagged("post_install", "-at_install")
class TestRights(RightsCommon):
    def test_user_sees_own_calls_and_the_team_s(self):
        calls = self.make_calls()
        self.assertEqual(self.visible(self.alice, calls), {"own", "team"})
        self.assertEqual(self.visible(self.bruno, calls), {"others"})
        calls["team"].with_user(self.alice).check_access("read")
        with self.assertRaises(AccessError):
            calls["others"].with_user(self.alice).check_access("read")

    def test_user_sees_the_calls_to_return(self):
        call = self.make_calls()["others"]
        call.followup_id = self.env["telephony.followup"].create(
            {
                "company_id": self.env.company.id,
                "number": call.number,
                "user_id": self.alice.id,
            }
        )
        call.with_user(self.alice).check_access("read")
        with self.assertRaises(AccessError):
            call.with_user(self.tessa).check_access("read")

    def test_setting_own_only(self):
        calls = self.make_calls()
        self.assertEqual(self.visible(self.alice, calls), {"own", "team"})
        self.env.company.telephony_own_calls_only = True
        self.assertEqual(self.visible(self.alice, calls), {"own"})
        legs = {name: call.leg_ids for name, call in calls.items()}
        self.assertEqual(self.visible(self.alice, legs), {"own"})

    def test_leaving_a_team_takes_effect_at_once(self):
        calls = self.make_calls()
        self.assertIn("team", self.visible(self.alice, calls))
        self.team.member_ids = [Command.unlink(self.tessa.id)]
        self.assertEqual(self.visible(self.alice, calls), {"own"})
        with self.assertRaises(AccessError):
            calls["team"].with_user(self.alice).check_access("read")

    def test_team_leader_sees_the_members_calls(self):
        calls = self.make_calls()
        self.team.user_id = self.bruno
        self.assertEqual(self.visible(self.bruno, calls), {"own", "team", "others"})

    def test_supervisor_sees_the_company_or_the_teams(self):
        calls = self.make_calls()
        whole = {"own", "team", "others", "unattended"}
        self.assertEqual(self.visible(self.supervisor, calls), whole)
        self.env.company.telephony_supervisor_scope = "team"
        self.assertEqual(self.visible(self.supervisor, calls), set())
        self.team.user_id = self.supervisor
        self.assertEqual(self.visible(self.supervisor, calls), {"own", "team"})
        legs = {name: call.leg_ids for name, call in calls.items()}
        self.assertEqual(self.visible(self.supervisor, legs), {"own", "team"})

    def test_filter_of_the_team(self):
        calls = self.make_calls()
        found = self.env["telephony.call"].with_user(self.alice)
        self.assertEqual(
            found.search([("is_team_call", "=", True)]), calls["own"] | calls["team"]
        )
        self.assertTrue(calls["team"].with_user(self.alice).is_team_call)
        self.assertFalse(calls["team"].with_user(self.supervisor).is_team_call)

    def test_nobody_writes_what_the_door_writes(self):
        call = self.ring()
        administrator = new_test_user(
            self.env, "admin_t", groups=ROLES["Administrator"]
        )
        for user in (self.alice, self.supervisor, administrator):
            with self.assertRaises(AccessError):
                call.with_user(user).write({"number": "+33612340009"})
            with self.assertRaises(AccessError):
                call.leg_ids.with_user(user).write({"state": "ended"})
            with self.assertRaises(AccessError):
                call.with_user(user).create({"pbx_id": self.pbx.id, "uniqueid": "x"})

    def test_fields_out_of_reach(self):
        """Secrets are the administrators', raw links nobody's."""
        call = self.ring()
        administrator = new_test_user(
            self.env, "admin_t", groups=ROLES["Administrator"]
        )
        for name in ("username", "secret", "has_secret", "tls_ca", "stored_secret"):
            with self.assertRaises(AccessError):
                self.pbx.with_user(self.supervisor).read([name])
        self.assertFalse(
            self.pbx.with_user(administrator).read(["secret"])[0]["secret"]
        )
        for name in ("partner_id", "res_model", "res_id", "stored_note", "message_id"):
            self.assertEqual(call._fields[name].groups, NO_ACCESS)
            with self.assertRaises(AccessError):
                call.with_user(administrator).read([name])
            with self.assertRaises(AccessError):
                call.with_user(administrator).search([(name, "!=", False)])

    def test_export_names_no_hidden_record(self):
        """Lists, groups and exports know no more of the object than the card does."""
        partner = self.env["res.partner"].create(
            {"name": "Secret Customer", "phone": "+33612340001"}
        )
        call = self.ring()
        self.alice.group_ids += self.env.ref("base.group_allow_export")
        self.assertEqual(call.with_user(self.alice).contact_id, partner)
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("name", "!=", "Secret Customer")],
            }
        )
        hidden = call.with_user(self.alice)
        hidden.invalidate_recordset()
        fields = ["number", "contact_id/name", "object_ref", "display_name"]
        self.assertNotIn("Secret", str(hidden.export_data(fields)))
        self.assertNotIn("Secret", str(hidden.read()))
        with self.assertRaises(AccessError):
            hidden.formatted_read_group([], ["partner_id"], ["__count"])


@tagged("post_install", "-at_install")
class TestContentRights(RightsCommon):
    def noted(self, number="1003"):
        """Return a call of Tessa's with a note, on a record."""
        call = self.ring("noted", to=number)
        partner = self.env["res.partner"].create({"name": "Jeanne"})
        call.with_user(self.tessa if number == "1003" else self.bruno).register(
            "res.partner", partner.id, note="<p>between us</p>"
        )
        call.invalidate_recordset()
        return call, partner

    def hide(self, partner):
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", partner.id)],
            }
        )

    def test_who_took_part_reads_the_note(self):
        call, partner = self.noted()
        self.hide(partner)
        self.assertIn("between us", call.with_user(self.tessa).note)

    def test_colleague_reads_it_with_the_record(self):
        call, partner = self.noted()
        self.assertIn("between us", call.with_user(self.alice).note)
        self.hide(partner)
        call.invalidate_recordset()
        self.assertFalse(call.with_user(self.alice).note)
        self.assertEqual(call.with_user(self.alice).read(["note"])[0]["note"], False)

    def test_group_reads_every_note(self):
        call, partner = self.noted()
        self.hide(partner)
        self.assertIn("between us", call.with_user(self.supervisor).note)
        self.alice.group_ids += self.env.ref(f"{GROUP}content")
        self.assertIn("between us", call.with_user(self.alice).note)

    def test_unread_note_is_not_replaced(self):
        call, partner = self.noted()
        self.hide(partner)
        other = self.env["res.partner"].create({"name": "Paul"})
        with self.assertRaises(AccessError):
            call.with_user(self.alice).register("res.partner", other.id, note="mine")
        self.assertIn("between us", call.stored_note)

    def test_colleague_may_register_what_has_no_note(self):
        call = self.ring("plain", to="1003")
        partner = self.env["res.partner"].create({"name": "Jeanne"})
        call.with_user(self.alice).register("res.partner", partner.id, note="done")
        self.assertIn("done", call.stored_note)


@tagged("post_install", "-at_install")
class TestRecordCalls(RightsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Jeanne", "phone": "+33612340001"}
        )

    def lines(self, user, record=None):
        """Return the lines of a record's list, as the web client reads them."""
        record = record or self.partner
        return (
            self.env["telephony.record.call"]
            .with_user(user)
            .with_context(telephony_record=[record._name, record.id])
        )

    def hide(self, record):
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"]._get(record._name).id,
                "domain_force": [("id", "!=", record.id)],
            }
        )

    def test_button_lists_the_calls_of_others(self):
        call = self.ring(to="1002")
        self.assertFalse(call.with_user(self.alice).has_access("read"))
        action = self.partner.with_user(self.alice).action_view_telephony_calls()
        lines = self.env["telephony.record.call"].with_user(self.alice)
        found = lines.with_context(**action["context"]).web_search_read(
            [], {"user_id": {}, "outcome": {}, "note": {}}
        )
        self.assertEqual([line["id"] for line in found["records"]], call.ids)
        self.assertEqual(self.partner.with_user(self.alice).telephony_call_count, 1)

    def test_counting_reads_the_calls_once(self):
        """However many they are: forms of customers wait for it."""
        self.ring()
        record_calls = self.env["telephony.record.call"]
        queries = []
        execute = Cursor.execute

        def record(cursor, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        self.patch(Cursor, "execute", record)
        count = record_calls.with_user(self.alice)._count(self.partner)
        self.patch(Cursor, "execute", execute)
        self.assertEqual(count, 1)
        [counted] = [query for query in queries if 'FROM "telephony_call"' in query]
        self.assertEqual(counted.count('FROM "telephony_call"'), 1)
        self.assertNotIn("ORDER BY", counted)

    def test_record_out_of_reach_has_no_lines(self):
        call = self.ring(to="1002")
        self.assertTrue(self.lines(self.alice).search([]))
        self.hide(self.partner)
        lines = self.lines(self.alice)
        self.assertFalse(lines.search([]))
        self.assertFalse(lines.formatted_read_group([], ["user_id"], ["__count"]))
        self.assertFalse(lines.browse(call.id).exists())
        with self.assertRaises(AccessError):
            self.partner.with_user(self.alice).action_view_telephony_calls()

    def test_lead_of_somebody_else_has_no_lines(self):
        lead = self.env["crm.lead"].create({"name": "Deal", "user_id": self.bruno.id})
        call = self.ring("l1", number="+33612340077", to="1002")
        call._set_object(lead)
        self.assertEqual(self.lines(self.bruno, lead).search([]).ids, call.ids)
        for lines in (
            self.lines(self.alice, lead),
            self.lines(self.alice, lead).sudo(),
        ):
            self.assertFalse(lines.search([]))
            self.assertFalse(lines.search_count([]))
            self.assertFalse(lines.browse(call.id).exists())

    def test_without_a_record_there_are_no_lines(self):
        call = self.ring(to="1002")
        lines = self.env["telephony.record.call"].with_user(self.alice)
        for key in (None, [], ["res.users", 1], ["res.partner", "1"], "res.partner,1"):
            with self.subTest(key=key):
                named = lines.with_context(telephony_record=key)
                self.assertFalse(named.search([]))
                self.assertFalse(named.search([("id", "=", call.id)]))

    def test_hidden_family_contributes_nothing(self):
        company = self.env["res.partner"].create({"name": "Org", "is_company": True})
        self.partner.parent_id = company
        self.ring(to="1002")
        self.assertTrue(self.lines(self.alice, company).search([]))
        self.hide(self.partner)
        self.assertFalse(self.lines(self.alice, company).search([]))

    def test_lead_lists_its_own(self):
        lead = self.env["crm.lead"].create({"name": "Deal", "user_id": self.alice.id})
        call = self.ring("l1", number="+33612340077", to="1002")
        call._set_object(lead)
        self.ring("l2", number="+33612340078", to="1002")
        self.assertEqual(self.lines(self.alice, lead).search([]).ids, call.ids)

    def test_note_shows_as_on_the_call(self):
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "partner_id": self.partner.id, "user_id": self.bruno.id}
        )
        call = self.ring(to="1002")
        call.with_user(self.bruno).register("crm.lead", lead.id, note="between us")
        self.assertIn("between us", self.lines(self.bruno).search([]).note)
        line = self.lines(self.alice).search([])
        self.assertTrue(line, "the contact's calls")
        self.assertFalse(line.note, "on a lead that Alice may not read")

    def test_other_companies_calls_are_not_listed(self):
        call = self.apply(
            {
                **self.change("f1", 1, direction="inbound", state="ringing"),
                "pbx_id": self.other_pbx.id,
            }
        )
        call._set_object(self.partner)
        self.assertFalse(self.lines(self.alice).search([]))

    def test_line_opens_the_call_of_whoever_may_see_it(self):
        self.ring(to="1002")
        self.assertFalse(self.lines(self.alice).search([]).action_open_call())
        action = self.lines(self.bruno).search([]).action_open_call()
        self.assertEqual(action["res_model"], "telephony.call")


@tagged("post_install", "-at_install")
class TestRulePaths(RightsCommon):
    """What a record rule depends on is written by who decides, not by plain users."""

    # Written by users, and no way to more: one's own rows, and the work that
    # `_get_reassigned_followups` answers for.
    OWN = {"create_uid"}

    def paths(self):
        """Yield (model, field) for every step of every rule of a telephony model."""
        rules = self.env["ir.rule"].search(
            [("model_id.model", "=like", "telephony.%"), ("domain_force", "!=", False)]
        )
        for rule in rules:
            for path in re.findall(r"\('([a-z_.]+)',", rule.domain_force):
                model = rule.model_id.model
                for name in path.split("."):
                    field = self.env[model]._fields[name]
                    yield model, name
                    model = field.comodel_name

    def test_a_plain_user_writes_no_step_of_a_rule(self):
        steps = set(self.paths())
        self.assertIn(("telephony.followup", "user_id"), steps)
        # The field behind `is_team_call`
        steps |= {
            ("crm.team.member", "user_id"),
            ("crm.team.member", "crm_team_id"),
            ("crm.team.member", "active"),
            ("crm.team", "user_id"),
            ("crm.team", "member_ids"),
            ("crm.team", "crm_team_member_ids"),
            ("telephony.extension", "user_id"),
            ("telephony.call.leg", "user_id"),
        }
        for model, name in sorted(steps):
            if name in self.OWN:
                continue
            with self.subTest(field=f"{model}.{name}"):
                records = self.env[model].with_user(self.alice)
                if model == "telephony.registration":
                    self.fail("a page is for who made it, nothing else")
                self.assertFalse(records.has_access("write"))
                self.assertFalse(records.has_access("create"))

    def test_a_plain_user_writes_no_such_field_of_their_own(self):
        """Preferences change nothing of what one sees."""
        teams = {"sale_team_id", "crm_team_ids", "crm_team_member_ids", "group_ids"}
        writable = set(self.alice.SELF_WRITEABLE_FIELDS)
        steps = {name for model, name in self.paths() if model == "res.users"}
        chosen = {"company_ids", "telephony_extension_ids"}
        self.assertFalse(writable & (teams | steps | chosen))
