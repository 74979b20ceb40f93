from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests import common_customer
from odoo.addons.telephony_connector.tests.common import USER_GROUPS


@tagged("post_install", "-at_install")
class TestSections(common_customer.CustomerCommon):
    """Tasks beside the page of a customer's call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = new_test_user(
            cls.env, "worker_t", groups=f"{USER_GROUPS},project.group_project_user"
        )
        cls.harbor, cls.secret = cls.env["project.project"].create(
            [
                {"name": "Harbor", "privacy_visibility": "employees"},
                {"name": "Secret", "privacy_visibility": "followers"},
            ]
        )
        cls.stage = cls.env["project.task.type"].create(
            {"name": "Waiting for Wood", "project_ids": [Command.set(cls.harbor.ids)]}
        )

    def task(self, name="Mend the boat", **values):
        return self.env["project.task"].create(
            {
                "name": name,
                "partner_id": self.ada.id,
                "project_id": self.harbor.id,
                "user_ids": False,
                **values,
            }
        )

    def test_open_tasks_of_the_company(self):
        now = fields.Datetime.now()
        open_task = self.task(
            stage_id=self.stage.id,
            user_ids=[Command.set((self.worker + self.bruno).ids)],
            date_deadline=now + timedelta(days=2),
        )
        late = self.task(
            partner_id=self.company.id, date_deadline=now - timedelta(days=2)
        )
        self.task(state="1_done")
        self.task(state="1_canceled")
        section = self.sections(user=self.worker)["tasks"]
        lines = {line["id"]: line for line in section["lines"]}
        self.assertEqual(set(lines), {open_task.id, late.id})
        line = lines[open_task.id]
        self.assertEqual(
            (line["model"], line["name"], line["is_late"]),
            ("project.task", "Mend the boat", False),
        )
        for part in ("Harbor", "Waiting for Wood", self.worker.name, self.bruno.name):
            self.assertIn(part, line["text"])
        self.assertTrue(lines[late.id]["is_late"])

    def test_only_what_the_user_may_read(self):
        self.task(project_id=self.secret.id)
        self.assertNotIn("tasks", self.sections(user=self.worker))
        self.assertNotIn("tasks", self.sections(), "without the right to projects")

    def test_a_task_of_a_private_project(self):
        """Who was given it may read the task, not the project."""
        task = self.task(
            project_id=self.secret.id, user_ids=[Command.set(self.worker.ids)]
        )
        task.message_unsubscribe(self.worker.partner_id.ids)
        task.project_id.message_unsubscribe(self.worker.partner_id.ids)
        self.assertFalse(self.secret.with_user(self.worker).has_access("read"))
        [line] = self.sections(user=self.worker)["tasks"]["lines"]
        self.assertEqual(line["id"], task.id)
        self.assertIn("Secret", line["text"], "as it stands on the task")

    def test_somebody_without_a_contact_has_none(self):
        self.task()
        lead = self.env["crm.lead"].create(
            {"name": "New", "type": "lead", "user_id": self.worker.id}
        )
        self.assertNotIn("tasks", self.sections(lead, self.worker))

    def test_queries_are_few_and_do_not_grow_with_the_lines(self):
        def read():
            return self.sections(user=self.worker)

        def add():
            self.task(stage_id=self.stage.id, user_ids=[Command.set(self.worker.ids)])

        read()
        none = self.count_queries(read)
        add()
        read()
        few = self.count_queries(read)
        for _n in range(6):
            add()
        section = read()["tasks"]
        self.assertEqual((section["count"], len(section["lines"])), (7, 5))
        tasks = self.env["project.task"].with_user(self.worker)
        self.assertEqual(tasks.search_count(section["more"]["domain"]), 7)
        many = self.count_queries(read)
        self.assertLessEqual(few - none, 14)
        self.assertLessEqual(many - few, 6, "they are counted")
