from uuid import uuid4

from odoo import SUPERUSER_ID, Command
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import TelephonyCommon

VIEW = "base.view_users_form_simple_modif"
SHOWN_TO_USERS = {
    "telephony_extension_numbers",
    "telephony_agent_token_ids",
    "telephony_open_page_on",
    "telephony_internal_calls",
    "telephony_unknown_caller",
}


@tagged("post_install", "-at_install")
class TestPreferences(TelephonyCommon):
    """Odoo shows users their own preferences whatever their groups are.

    Its preferences drop the groups of fields that users may read of themselves, and
    with the employees app the whole view is made for the superuser.
    """

    def open(self, user, as_superuser=False):
        """Open a user's preferences as the web client does."""
        if as_superuser:
            get_view = self.registry["res.users"].get_view

            def get_view_as_hr_does(users, view_id=None, view_type="form", **options):
                users = users.with_user(SUPERUSER_ID)
                return get_view(users, view_id, view_type, **options)

            self.patch(self.registry["res.users"], "get_view", get_view_as_hr_does)
        self.env.invalidate_all()
        return Form(user.with_user(user), view=VIEW)

    def get_shown(self, form):
        """Return the names of the addon's fields and buttons that are shown."""
        tree = form._view["tree"]
        names = set()
        for node in tree.xpath(
            "//*[self::field or self::button][contains(@name, 'telephony')]"
            "[not(ancestor::list)]"
        ):
            field = self.env["res.users"]._fields.get(node.get("name"))
            if field and "telephony_connector" not in field._modules:
                continue
            path = [node, *node.iterancestors()]
            if not any(self.is_hidden(form, each) for each in path):
                names.add(node.get("name"))
        return names

    def is_hidden(self, form, node):
        return bool(safe_eval(node.get("invisible") or "False", {**form._values}))

    def give_all(self, user):
        """Have a user own what the preferences list."""
        self.ext_bruno.user_id = user
        self.env["telephony.agent.token"].create(
            {"name": "Laptop", "user_id": user.id, "token_hash": str(uuid4())}
        )

    def test_each_sees_what_is_theirs(self):
        for as_superuser in (False, True):
            for user, shown in (
                (self.outsider, set()),
                (self.alice, SHOWN_TO_USERS),
                (self.supervisor, SHOWN_TO_USERS),
            ):
                with self.subTest(user=user.login, as_superuser=as_superuser):
                    self.give_all(user)
                    form = self.open(user, as_superuser)
                    self.assertEqual(self.get_shown(form), shown)

    def test_nothing_is_read_of_what_is_out_of_reach(self):
        self.give_all(self.outsider)
        with self.open(self.outsider, as_superuser=True) as form:
            form.tz = "Europe/Brussels"
            self.assertFalse(form._values["telephony_extension_numbers"])
            self.assertFalse(form._values["telephony_agent_token_ids"])

    def test_right_that_was_taken_away(self):
        group = self.env.ref("telephony_connector.group_telephony_user")
        self.give_all(self.alice)
        self.alice.group_ids = [Command.unlink(group.id)]
        with self.open(self.alice, as_superuser=True) as form:
            form.tz = "Europe/Brussels"
            self.assertEqual(self.get_shown(form), set())

    def test_extensions_are_named(self):
        self.give_all(self.alice)
        form = self.open(self.alice)
        self.assertEqual(form._values["telephony_extension_numbers"], "1001, 1002")
