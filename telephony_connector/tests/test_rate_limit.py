from odoo.tests import BaseCase

from ..controllers.rate_limit import RateLimiter


class TestRateLimit(BaseCase):
    def setUp(self):
        super().setUp()
        self.now = 0.0
        self.limiter = RateLimiter(lambda: self.now, max_keys=3)

    def take(self, key="a", per_minute=60, burst=2):
        return self.limiter.take(key, per_minute, burst)

    def test_burst_then_wait(self):
        self.assertEqual([self.take(), self.take()], [0, 0])
        self.assertEqual(self.take(), 1)

    def test_refills_with_the_rate_and_no_further_than_the_burst(self):
        self.take(), self.take()
        self.now = 1
        self.assertEqual(self.take(), 0)
        self.assertGreater(self.take(), 0)
        self.now = 1000
        self.assertEqual([self.take(), self.take()], [0, 0])
        self.assertGreater(self.take(), 0)

    def test_refused_requests_cost_nothing(self):
        self.take(), self.take()
        for _time in range(100):
            self.take()
        self.now = 1
        self.assertEqual(self.take(), 0)

    def test_keys_do_not_share(self):
        self.take(), self.take()
        self.assertEqual(self.take("b"), 0)

    def test_no_more_keys_are_kept_than_allowed(self):
        for key in "abcde":
            self.take(key)
        self.assertEqual(len(self.limiter._buckets), 3)
        self.assertIn("e", self.limiter._buckets)
