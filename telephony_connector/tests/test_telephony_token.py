from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestTelephonyToken(TelephonyCommon):
    def issue(self):
        action = self.pbx.action_new_token()
        return action["context"]["default_token"], self.pbx.token_ids[:1]

    def authenticate(self, secret):
        return self.env["telephony.token"]._authenticate(secret)

    def test_token_is_known_again(self):
        secret, token = self.issue()
        self.assertEqual(self.authenticate(secret), token)
        self.assertEqual(token.pbx_id, self.pbx)

    def test_token_is_stored_nowhere(self):
        secret, token = self.issue()
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM telephony_token WHERE id = %s", [token.id])
        row = str(self.env.cr.fetchall())
        self.assertNotIn(secret, row)
        self.assertNotIn(secret[12:], row)
        self.assertTrue(secret.startswith(token.hint))
        self.assertLess(len(token.hint), 10)

    def test_hash_is_out_of_reach(self):
        _secret, token = self.issue()
        administrator = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            token.with_user(administrator).read(["digest"])

    def test_wrong_tokens(self):
        secret, _token = self.issue()
        for wrong in ("", "tpc_", secret[:-1], secret + "x", secret.lower(), "x" * 999):
            with self.subTest(wrong=wrong[:9]):
                self.assertFalse(self.authenticate(wrong))

    def test_replaced_token_works_on_for_a_while(self):
        old, token = self.issue()
        new = token.action_rotate()["context"]["default_token"]
        self.assertTrue(self.authenticate(old))
        self.assertTrue(self.authenticate(new))
        token.expire_date = fields.Datetime.now() - timedelta(seconds=1)
        self.assertFalse(self.authenticate(old))
        self.assertTrue(self.authenticate(new))

    def test_revoked_token(self):
        secret, token = self.issue()
        token.action_revoke()
        self.assertFalse(self.authenticate(secret))

    def test_archived_system(self):
        secret, _token = self.issue()
        self.pbx.active = False
        self.assertFalse(self.authenticate(secret))

    def test_use_is_noted_once_an_hour(self):
        secret, token = self.issue()
        self.authenticate(secret)
        first = token.use_date
        self.assertTrue(first)
        token.use_date = first - timedelta(minutes=59)
        self.authenticate(secret)
        self.assertEqual(token.use_date, first - timedelta(minutes=59))
        token.use_date = first - timedelta(minutes=61)
        self.authenticate(secret)
        self.assertGreaterEqual(token.use_date, first)

    def test_only_administrators_have_to_do_with_tokens(self):
        _secret, token = self.issue()
        for user in (self.alice, self.supervisor, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    token.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    self.pbx.with_user(user).action_new_token()
                with self.assertRaises(AccessError):
                    token.with_user(user).action_rotate()
                with self.assertRaises(AccessError):
                    self.pbx.with_user(user).action_renew_webhook()

    def test_other_companies_tokens_are_not_seen(self):
        self.issue()
        other = self.env["res.company"].create({"name": "Other"})
        administrator = self.env.ref("base.user_admin")
        administrator.company_ids += other
        tokens = self.env["telephony.token"].with_user(administrator)
        self.assertTrue(tokens.search([("pbx_id", "=", self.pbx.id)]))
        tokens = tokens.with_context(allowed_company_ids=other.ids)
        self.assertFalse(tokens.search([("pbx_id", "=", self.pbx.id)]))
