"""Ids that a user sends lead nowhere that the user may not read."""

import itertools

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..engine.problems import FAULT
from .common import at
from .test_rights import GROUP, ROLES, RightsCommon

LINKS = ("many2one", "many2one_reference", "reference", "many2many", "one2many")
# In every name and text of what is out of the user's reach.
MARK = "Zephyr"
# What everybody may read holds nothing to hide.
SHARED = {
    "ir.model",
    "ir.model.fields",
    "mail.activity.type",
    "res.country",
    "res.partner.category",
    "telephony.break.reason",
    "telephony.disposition",
}
# Models whose pages and rows users fill in.
ROLE_OF = {
    "telephony.registration": "User",
    "telephony.agent.token.new": "User",
    "telephony.followup.dismissal": "User",
    "telephony.blocked.number": "Supervisor",
    "telephony.pbx.setup": "Administrator",
    "telephony.pbx.setup.extension": "Administrator",
    "telephony.pbx": "Administrator",
    "telephony.extension": "Administrator",
    "telephony.queue": "Administrator",
    "telephony.token": "Administrator",
    "telephony.disposition": "Administrator",
    "telephony.break.reason": "Administrator",
    "telephony.phone": "User",
    "telephony.phone.field": "Administrator",
    # Nobody writes it; it is read like the others.
    "telephony.registration.match": "User",
}
LOG_ACCESS = ("create_uid", "write_uid")


class LinksCommon(RightsCommon):
    """Set ``addon``, whose models are tried, ``roles``, who fills each in, and
    ``own_values``, what a row of each needs."""

    addon = "telephony_connector"
    roles = ROLE_OF
    own_values = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = itertools.count(2000)
        cls.users = {
            role: new_test_user(
                cls.env,
                f"links_{role.lower().split()[0]}",
                groups=f"{ROLES[role]},base.group_partner_manager,"
                "sales_team.group_sale_salesman",
            )
            for role in ("User", "Supervisor", "Administrator")
        }
        cls.other_company.name = f"{MARK} Inc"
        cls.other_pbx.name = f"{MARK} exchange"
        cls.foreign = {
            model: records for model, records in cls.make_foreign() if records
        }

    @classmethod
    def make_foreign(cls):
        """Yield (model, records that none of the users may read)."""
        yield "res.company", cls.other_company
        yield "telephony.pbx", cls.other_pbx
        yield "telephony.extension", cls.ext_foreign
        yield (
            "telephony.queue",
            cls.env["telephony.queue"].create(
                {"name": f"{MARK} queue", "pbx_id": cls.other_pbx.id}
            ),
        )
        yield (
            "crm.lead",
            cls.env["crm.lead"].create(
                {"name": f"{MARK} deal", "company_id": cls.other_company.id}
            ),
        )
        yield (
            "telephony.pbx.problem",
            cls.env["telephony.pbx.problem"].create(
                {
                    "pbx_id": cls.other_pbx.id,
                    "kind": FAULT,
                    "name": f"{MARK} task",
                    "start_date": at(0),
                    "last_date": at(0),
                }
            ),
        )
        yield (
            "telephony.token",
            cls.env["telephony.token"].create(
                {"name": f"{MARK} token", "pbx_id": cls.other_pbx.id}
            ),
        )
        yield (
            "res.partner",
            cls.env["res.partner"].create(
                {
                    "name": f"{MARK} Customer",
                    "is_company": True,
                    "company_id": cls.other_company.id,
                }
            ),
        )
        # Internal users are no secret among each other, portal users are.
        yield (
            "res.users",
            new_test_user(
                cls.env,
                "links_portal",
                groups="base.group_portal",
                name=f"{MARK} Portal",
                company_id=cls.other_company.id,
                company_ids=[Command.set(cls.other_company.ids)],
            ),
        )
        call = cls.env["telephony.call"]._apply(
            [
                {
                    "pbx_id": cls.other_pbx.id,
                    "uniqueid": "links-foreign",
                    "direction": "inbound",
                    "state": "ongoing",
                    "number": f"{MARK}1",
                    "caller_name": f"{MARK} caller",
                    "queue": f"{MARK} queue",
                    "dialed_number": f"{MARK}2",
                    "start_date": at(0),
                    "extension": "1001",
                }
            ]
        )
        yield "telephony.call", call
        page = cls.env["telephony.registration"].create({"url_name": MARK})
        yield "telephony.registration", page
        yield (
            "telephony.pbx.setup",
            cls.env["telephony.pbx.setup"].create(
                {"name": MARK, "country_id": cls.france.id}
            ),
        )

    def others_call(self):
        """Return a call of the same company that a user may not see."""
        return self.apply(
            self.change(
                "links-others",
                1,
                direction="inbound",
                state="ringing",
                number="+33612340099",
                caller_name=f"{MARK} colleague's",
                queue=f"{MARK} queue",
                start_date=at(0),
                extension="1002",
            )
        )

    def links(self, models):
        """Yield (model, field, record out of reach) for every link of the models."""
        for model in sorted(models):
            for name, field in self.env[model]._fields.items():
                if field.type not in LINKS or name in LOG_ACCESS or field.related:
                    continue
                for record in self.targets(model, field):
                    yield model, name, record

    def targets(self, model, field):
        if field.type == "many2one_reference":
            return [self.foreign["res.partner"], self.foreign["res.users"]]
        if field.type == "reference":
            return [self.foreign["res.partner"], self.foreign["crm.lead"]]
        if field.comodel_name in SHARED or field.comodel_name == model:
            return []
        if self.roles.get(field.comodel_name) and field.type == "one2many":
            # Lines: their own links are tried by themselves, and through this one.
            return []
        if field.comodel_name == "telephony.call" and self.roles[model] == "User":
            return [self.foreign["telephony.call"], self.others_call()]
        return [self.foreign[field.comodel_name]]

    def value(self, field, record):
        """Return what a client sends for a record."""
        if field.type == "reference":
            return f"{record._name},{record.id}"
        if field.type in ("many2many", "one2many"):
            return [Command.set(record.ids)]
        return record.id

    def required(self, model, user):
        """Return values that the user may give: what a row needs at least."""
        number = str(next(self.numbers))
        values = {
            "telephony.registration": {"pbx_id": self.pbx.id},
            "telephony.pbx.setup": {"country_id": self.france.id},
            "telephony.extension": {"number": number, "pbx_id": self.pbx.id},
            "telephony.queue": {"name": number, "pbx_id": self.pbx.id},
            "telephony.token": {"pbx_id": self.pbx.id},
            "telephony.pbx": {"name": number, "provider": "softphone"},
            "telephony.blocked.number": {"number": f"+3363998{number}"},
            "telephony.phone": {
                "partner_id": user.partner_id.id,
                "number": f"+3363998{number}",
            },
            "telephony.agent.token.new": {"name": "links"},
            "telephony.disposition": {"name": "links"},
            "telephony.break.reason": {"name": "links"},
        }
        if model == "telephony.pbx.setup.extension":
            setup = self.env["telephony.pbx.setup"].with_user(user)
            return {"setup_id": setup.create({"country_id": self.france.id}).id}
        if model == "telephony.registration.match":
            page = self.env["telephony.registration"].with_user(user).create({})
            return {
                "registration_id": page.id,
                "res_model": "res.partner",
                "res_id": user.partner_id.id,
            }
        return self.own_values.get(model) or values.get(model, {})

    def specifications(self, model, name):
        """Yield what to ask of: the link and all that is computed from it, each alone.

        Asked together, one that is refused would hide another that tells.
        """
        fields = self.env[model]._fields
        names = [
            each
            for each, field in fields.items()
            if any(
                path.split(".")[0] == name
                for path in self.env.registry.field_depends[field]
            )
        ]
        for each in (name, "display_name", *names):
            is_link = fields[each].type in LINKS
            yield {each: {"fields": {"display_name": {}}} if is_link else {}}

    def row(self, model, user):
        """Return a row of the user's own."""
        values = self.required(model, user)
        if self.env[model].with_user(user).has_access("create"):
            return self.env[model].with_user(user).create(values)
        return self.env[model].with_user(user).sudo().create(values).sudo(False)

    def assertHidden(self, result, record):
        text = str(result)
        self.assertNotIn(MARK, text)
        self.assertNotIn("33612340099", text.replace(" ", ""))

    def ways(self, model, name, record, own, spec):
        """Yield (label, way to send the id of a record); ``own`` is the user's row."""
        pages, user = own.browse(), own.env.user
        field = pages._fields[name]
        value = self.value(field, record)
        sent = {name: value}
        if field.type == "many2one_reference":
            sent[field.model_field] = record._name
        given = {f"default_{key}": sent_value for key, sent_value in sent.items()}
        context = {"active_ids": record.ids, "active_id": record.id, **given}
        values = {**self.required(model, user), **sent}
        yield "create", lambda: pages.create(values).web_read(spec)
        yield (
            "create by default",
            lambda: (
                pages.with_context(**context)
                .create({k: v for k, v in values.items() if k not in sent})
                .web_read(spec)
            ),
        )
        yield "web_save", lambda: pages.web_save(values, spec)
        yield "load", lambda: pages.load([f"{name}/.id"], [[str(record.id)]])
        yield "write", lambda: own.write(sent) and own.web_read(spec)
        yield "web_save of a row", lambda: own.web_save(sent, spec)
        yield "onchange", lambda: pages.onchange(dict(sent), [*sent], spec)
        yield "onchange, nothing changed", lambda: pages.onchange(dict(sent), [], spec)
        yield "onchange of a row", lambda: own.onchange(dict(sent), [*sent], spec)
        yield (
            "onchange by default",
            lambda: pages.with_context(**context).onchange({}, [], spec),
        )
        yield (
            "default_get",
            lambda: self.raise_where_given(
                pages.with_context(**context).default_get([*sent]), name, record
            ),
        )

    def raise_where_given(self, defaults, name, record):
        """Name the record where a default leads to it, as the client would."""
        return record.display_name if defaults.get(name) else defaults


@tagged("post_install", "-at_install")
class TestCheckedLinks(LinksCommon):
    def transient(self):
        return {
            name
            for name, model in self.env.registry.items()
            if model._original_module == self.addon and model._transient
        }

    def writable(self):
        """Return the persistent models whose rows some role writes."""
        administrator = self.users["Administrator"]
        return {
            name
            for name, model in self.env.registry.items()
            if model._original_module == self.addon
            and not model._abstract
            and not model._transient
            and self.env[name].with_user(administrator).has_access("write")
        }

    def test_every_model_that_users_fill_in_is_tried(self):
        self.assertEqual(self.transient() | self.writable(), set(self.roles))

    def try_links(self, models):
        count = 0
        for model, name, record in self.links(models):
            own = self.row(model, self.users[self.roles[model]])
            for spec in self.specifications(model, name):
                for way, send in self.ways(model, name, record, own, spec):
                    count += 1
                    with self.subTest(link=f"{model}.{name}", way=way, asked=[*spec]):
                        self.assertHidden(self.outcome(send), record)
        return count

    def outcome(self, send):
        """Return what a request answers, or the text of its refusal."""
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                return send()
        except AccessError as error:
            return error

    def test_pages(self):
        self.assertGreater(self.try_links(self.transient()), 20)

    def test_rows(self):
        self.assertGreater(self.try_links(self.writable()), 20)

    def test_lines(self):
        """A line is checked also where it comes with its page."""
        administrator = self.users["Administrator"]
        line = {"number": "1001", "user_id": self.foreign["res.users"].id}
        values = {"country_id": self.france.id, "line_ids": [Command.create(line)]}
        setups = self.env["telephony.pbx.setup"].with_user(administrator)
        spec = {"line_ids": {"fields": {"user_id": {"fields": {"display_name": {}}}}}}
        with self.assertRaises(AccessError):
            setups.create(values)
        with self.assertRaises(AccessError):
            setups.onchange(values, ["line_ids"], spec)

    def test_a_page_that_outlives_a_right_names_nothing(self):
        """What the user could read once stays in the draft, without its name."""
        for model, name, record in self.links(self.transient()):
            user = self.users[self.roles[model]]
            own = self.row(model, user)
            field = own._fields[name]
            sent = {name: self.value(field, record)}
            if field.type == "many2one_reference":
                sent[field.model_field] = record._name
            own.sudo().write(sent)
            for spec in self.specifications(model, name):
                for way, read in (
                    ("web_read", lambda own=own, spec=spec: own.web_read(spec)),
                    ("read", lambda own=own, spec=spec: own.read([*spec])),
                ):
                    with self.subTest(link=f"{model}.{name}", way=way, asked=[*spec]):
                        self.assertHidden(self.outcome(read), record)

    def test_a_draft_outlives_the_right_to_its_call(self):
        call = self.ring("gone", to="1003", number="+33612340098")
        pages = self.env["telephony.registration"].with_user(self.alice)
        page = pages.browse(pages.open_for_call(call.id)["res_id"])
        page.note = "<p>half a sentence</p>"
        self.team.member_ids = [Command.unlink(self.alice.id)]
        self.env.invalidate_all()
        [values] = page.read()
        self.assertIn("half a sentence", values["note"])
        for name in ("call_id", "start_date", "handled_by_id", "number", "state"):
            self.assertFalse(values[name], name)
        with self.assertRaises(AccessError):
            page.action_save()

    def test_what_may_be_read_is_taken(self):
        alice = self.alice
        alice.group_ids += self.env.ref(f"{GROUP}supervisor")
        partner = self.env["res.partner"].create({"name": "Jeanne"})
        page = (
            self.env["telephony.registration"]
            .with_user(alice)
            .create(
                {
                    "call_id": self.ring("ok").id,
                    "object_ref": f"res.partner,{partner.id}",
                    "new_company_id": partner.id,
                }
            )
        )
        self.assertEqual(page.object_ref, partner)
        [values] = page.web_read({"new_company_id": {"fields": {"display_name": {}}}})
        self.assertEqual(values["new_company_id"]["display_name"], "Jeanne")


@tagged("post_install", "-at_install")
class TestContextDefaults(RightsCommon):
    """What the system creates takes no defaults from the user's context."""

    def test_a_call_that_is_dialed(self):
        self.patch(
            self.registry["telephony.command"],
            "_check_reachable",
            lambda *_arguments: None,
        )
        defaults = {
            "default_is_registered": True,
            "default_is_content_shared": True,
            "default_partner_id": self.bruno.partner_id.id,
            "default_state": "done",
        }
        client = self.env["telephony.client"].with_user(self.alice)
        told = client.with_context(**defaults).dial("+33612340001")
        call = self.env["telephony.call"].browse(told["call_id"])
        self.assertRecordValues(
            call,
            [
                {
                    "is_registered": False,
                    "is_content_shared": False,
                    "partner_id": False,
                }
            ],
        )
        command = self.env["telephony.command"].browse(told["command_id"])
        self.assertEqual(command.state, "pending")

    def test_a_page_by_url(self):
        call = self.ring("others", to="1002")
        pages = self.env["telephony.registration"].with_user(self.alice)
        action = pages.with_context(default_call_id=call.id).open_from_url(
            {"number": "+33612340001", "ref": "r1"}
        )
        self.assertFalse(pages.browse(action["res_id"]).sudo().call_id)

    def test_a_call_that_is_known_by_its_url(self):
        pages = self.env["telephony.registration"].with_user(self.alice)
        action = pages.open_from_url({"number": "+33612340001", "ref": "r1"})
        page = pages.browse(action["res_id"]).with_context(default_queue="others")
        page.object_ref = f"res.partner,{self.alice.partner_id.id}"
        page.action_save()
        self.assertFalse(page.call_id.sudo().queue)

    def test_a_message_in_the_chatter(self):
        partner = self.env["res.partner"].create({"name": "Jeanne"})
        call = self.ring("m1").with_user(self.alice)
        notified = [Command.create({"res_partner_id": self.alice.partner_id.id})]
        call.with_context(default_notification_ids=notified).register(
            "res.partner", partner.id
        )
        self.assertFalse(call.sudo().message_id.notification_ids)
