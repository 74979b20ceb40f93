from odoo.tests import BaseCase

from ..controllers.rate_limit import RateLimiter


class TestRateLimit(BaseCase):
    def setUp(self):
        super().setUp()
        self.now = 0.0
        self.limiter = RateLimiter(lambda: self.now, max_keys=3)

    def consume(self, key="a", per_minute=60, burst=2):
        return self.limiter.consume(key, per_minute, burst)

    def test_burst_then_wait(self):
        self.assertEqual([self.consume(), self.consume()], [0, 0])
        self.assertEqual(self.consume(), 1)

    def test_refills_with_the_rate_and_no_further_than_the_burst(self):
        self.consume(), self.consume()
        self.now = 1
        self.assertEqual(self.consume(), 0)
        self.assertGreater(self.consume(), 0)
        self.now = 1000
        self.assertEqual([self.consume(), self.consume()], [0, 0])
        self.assertGreater(self.consume(), 0)

    def test_refused_requests_cost_nothing(self):
        self.consume(), self.consume()
        for _time in range(100):
            self.consume()
        self.now = 1
        self.assertEqual(self.consume(), 0)

    def test_keys_do_not_share(self):
        self.consume(), self.consume()
        self.assertEqual(self.consume("b"), 0)

    def test_no_more_keys_are_kept_than_allowed(self):
        for key in "abcde":
            self.consume(key)
        self.assertEqual(len(self.limiter._buckets), 3)
        self.assertIn("e", self.limiter._buckets)
