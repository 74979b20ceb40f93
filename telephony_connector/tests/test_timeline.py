from datetime import timedelta

from odoo.tests import tagged

from ..odoo_compat import Cursor
from .common import TelephonyCommon, at

NUMBER = "+33612340077"


@tagged("post_install", "-at_install")
class TestTimeline(TelephonyCommon):
    """What the chatter of a record says of its calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Ada Example", "phone": NUMBER, "country_id": cls.france.id}
        )
        cls.before = cls.partner.message_ids

    def setUp(self):
        super().setUp()
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0)

    def end(self, uniqueid="c1", start=0, answered=True, **values):
        """Return a call that has ended."""
        talk = {"answer_date": at(start + 5)} if answered else {}
        leg = {"uniqueid": f"{uniqueid}-1", "extension": "1001", "state": "ended"}
        call = self.apply(
            self.change(
                uniqueid,
                1,
                **{
                    "direction": "inbound",
                    "state": "ended",
                    "outcome": "answered" if answered else "missed",
                    "number": NUMBER,
                    "extension": "1001",
                    "start_date": at(start),
                    "end_date": at(start + 65),
                    "legs": [{**leg, "start_date": at(start), **talk}],
                    **talk,
                    **values,
                },
            )
        )
        return call

    def log(self):
        self.env["telephony.timeline"]._cron_log()
        return self.lines()

    def lines(self):
        """Return the chatter's new lines as texts, the oldest first."""
        messages = (self.partner.message_ids - self.before).sorted("id")
        return [str(message.preview) for message in messages]

    def test_a_call_gets_a_line(self):
        call = self.end()
        self.assertFalse(self.lines(), "written by the door")
        self.assertEqual(
            self.log(), [f"☎ Incoming call · Answered · 1:00 · {self.alice.name}"]
        )
        message = call.message_id
        self.assertIn(f"data-oe-id='{call.id}'".replace("'", '"'), message.body)
        self.assertNotIn("612340077", message.body)
        self.assertTrue(message.is_internal)
        self.assertFalse(message.notification_ids or message.partner_ids)
        self.assertEqual(self.log(), self.lines(), "a second line")
        self.assertEqual(len(self.lines()), 1)

    def test_whoever_reads_the_record_follows_the_link_by_right_only(self):
        call = self.end()
        self.log()
        reader = self.outsider
        self.assertTrue(call.message_id.with_user(reader).has_access("read"))
        self.assertFalse(call.with_user(reader).has_access("read"))

    def test_calls_of_each_direction(self):
        self.end("out", direction="outbound", start=0)
        self.end("busy", direction="outbound", start=90, answered=False, outcome="busy")
        self.end("missed", start=180, answered=False)
        self.assertEqual(
            self.log(),
            [
                f"☎ Outgoing call · Answered · 1:00 · {self.alice.name}",
                f"☎ Outgoing call · Busy · {self.alice.name}",
                "☎ Missed call",
            ],
        )

    def test_calls_without_a_line(self):
        """Internal ones, those of blocked or unknown callers, and all, as is set."""
        self.end("internal", direction="internal", number="1002")
        self.end("unknown", number="+33612349999")
        self.env["telephony.blocked.number"].create({"number": NUMBER})
        self.end("blocked")
        self.env["telephony.blocked.number"].search([]).unlink()
        self.env.company.telephony_log_calls = False
        self.end("off")
        self.assertFalse(self.log())
        self.env.company.telephony_log_calls = True
        self.assertFalse(self.log(), "what ended before is not caught up")

    def test_whom_an_answer_goes_to_is_found_without_the_lines(self):
        """Each opening of a chatter asks for it, however many calls it has."""
        buyer = self.env["res.partner"].create({"name": "Bo", "email": "bo@x.example"})
        self.partner.message_post(
            body="<p>And the mast?</p>",
            author_id=buyer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        for number in range(20):
            self.end(f"t{number}", start=100 * number)
        self.log()
        partner = self.partner.with_user(self.alice)
        self.env.flush_all()
        self.env.invalidate_all()
        rows = []
        execute = Cursor.execute

        def count(cursor, query, *args, **kwargs):
            result = execute(cursor, query, *args, **kwargs)
            if 'FROM "mail_message"' in str(getattr(query, "code", query)):
                rows.append(cursor.rowcount)
            return result

        self.patch(Cursor, "execute", count)
        found = partner._message_get_suggested_recipients(reply_discussion=True)
        self.patch(Cursor, "execute", execute)
        self.assertIn(buyer.id, [each["partner_id"] for each in found])
        self.assertLess(max(rows), 5, rows)

    def test_whom_an_answer_goes_to_where_nobody_wrote(self):
        self.end()
        self.log()
        partner = self.partner.with_user(self.alice)
        found = partner._message_get_suggested_recipients(reply_discussion=True)
        self.assertEqual([each["partner_id"] for each in found], partner.ids)

    def test_unanswered_calls_in_a_row_share_a_line(self):
        for number in range(3):
            self.end(f"m{number}", start=100 * number, answered=False)
        self.assertEqual(self.log(), ["☎ 3 missed calls · last at 9:03 AM"])
        self.end("m4", start=400, answered=False, outcome="declined")
        self.assertEqual(self.log(), ["☎ 4 missed calls · last at 9:06 AM"])
        self.end("talk", start=600)
        self.end("m5", start=900, answered=False)
        self.assertEqual(len(self.log()), 3)
        self.assertEqual(self.lines()[-1], "☎ Missed call")

    def test_another_day_begins_another_line(self):
        self.env.company.partner_id.tz = "Asia/Tokyo"
        self.end("m1", answered=False)
        # Of the same day in UTC.
        later = at(0) + timedelta(hours=8)
        self.end("m2", answered=False, start_date=later, end_date=later)
        self.assertEqual(self.log(), ["☎ Missed call"] * 2)

    def test_save_updates_the_line(self):
        call = self.end()
        self.log()
        message = call.message_id
        call.with_user(self.alice).register(
            "res.partner", self.partner.id, note="<p>wants a quote</p>"
        )
        self.assertEqual(call.message_id, message)
        self.assertEqual(len(self.lines()), 1)
        self.assertIn("wants a quote", message.body)
        self.assertEqual(message.author_id, self.alice.partner_id)

    def test_a_saved_call_gets_no_further_line(self):
        call = self.end()
        call.with_user(self.alice).register("res.partner", self.partner.id)
        self.assertEqual(len(self.log()), 1)

    def test_a_call_that_is_saved_leaves_the_line_that_it_shares(self):
        calls = [self.end(f"m{n}", start=100 * n, answered=False) for n in range(3)]
        self.log()
        calls[1].with_user(self.alice).register(
            "res.partner", self.partner.id, note="<p>called back</p>"
        )
        shared, own = self.lines()
        self.assertEqual(shared, "☎ 2 missed calls · last at 9:03 AM")
        self.assertIn("called back", own)

    def test_what_comes_later_changes_the_line(self):
        call = self.end(answered=False)
        self.log()
        self.apply(self.change("c1", voicemail=True, voicemail_duration=12))
        self.assertTrue(call.voicemail)
        self.assertEqual(self.lines(), ["☎ Missed call · Voicemail left, 12 s"])

    def test_lines_go_with_their_calls(self):
        calls = [self.end(f"m{n}", start=100 * n, answered=False) for n in range(3)]
        self.log()
        calls[2].unlink()
        self.assertEqual(self.lines(), ["☎ 2 missed calls · last at 9:01 AM"])
        self.env["telephony.retention"]._anonymize(calls[1])
        self.assertEqual(self.lines(), ["☎ Missed call"])
        self.env["telephony.retention"]._anonymize(calls[0])
        self.assertFalse(self.lines())

    def test_uninstall_takes_lines_but_not_what_users_saved(self):
        self.end("saved").with_user(self.alice).register(
            "res.partner", self.partner.id, note="<p>wants a quote</p>"
        )
        self.end("line", start=100)
        self.assertEqual(len(self.log()), 2)
        written = [("message_id", "!=", False), ("is_registered", "=", False)]
        calls = self.env["telephony.call"].sudo().search(written)
        self.env["telephony.timeline"]._remove(calls)
        (kept,) = self.partner.message_ids - self.before
        self.assertIn("wants a quote", kept.body)

    def test_in_the_language_and_the_time_zone_of_who_is_responsible(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.alice.write({"lang": "fr_FR", "tz": "Europe/Paris"})
        self.partner.user_id = self.alice
        for number in range(2):
            self.end(f"m{number}", start=100 * number, answered=False)
        (line,) = self.log()
        self.assertIn("10:01", line)

    def test_many_calls_of_one_record_take_turns(self):
        for number in range(5):
            self.end(f"c{number}", start=100 * number)
        self.assertEqual(len(self.log()), 5)
