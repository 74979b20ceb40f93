import itertools

from odoo.tests import BaseCase, tagged

from ..engine import dial_rules

PREMIUM = "899123456"


def is_found(patterns, text, region="FR", **prefixes):
    meanings = dial_rules.get_meanings(text, region, **prefixes)
    return bool(dial_rules.find_pattern(patterns, {text}, meanings, region))


@tagged("telephony")
class TestDialRules(BaseCase):
    def test_a_prefix_holds_however_it_is_written(self):
        written = (f"0{PREMIUM}", f"+33{PREMIUM}", f"0033{PREMIUM}", f"33{PREMIUM}")
        for text, more in itertools.product(written, ("", "7", "77", "7" * 15)):
            with self.subTest(text=text + more):
                self.assertTrue(is_found("+3389*", text + more))
        for text in (f"000033{PREMIUM}", f"+0033{PREMIUM}7", "0899", "08991", "+3389"):
            with self.subTest(text=text):
                self.assertTrue(is_found("+3389*", text))

    def test_behind_the_prefix_of_an_outside_line(self):
        for text in (f"00{PREMIUM}7", f"00033{PREMIUM}7", f"0{PREMIUM}7"):
            with self.subTest(text=text):
                self.assertTrue(is_found("+3389*", text, outside_prefix="0"))
        self.assertTrue(is_found("+3389*", f"90{PREMIUM}7", outside_prefix="9"))

    def test_other_international_prefixes(self):
        for region, text in (
            ("US", f"01133{PREMIUM}77"),
            ("AU", f"001133{PREMIUM}77"),
            ("RU", f"81033{PREMIUM}77"),
            ("BR", f"002133{PREMIUM}77"),
        ):
            with self.subTest(region=region):
                self.assertTrue(is_found("+3389*", text, region))
        prefix = {"international_prefix": "9991"}
        self.assertTrue(is_found("+3389*", f"999133{PREMIUM}77", **prefix))

    def test_where_there_is_no_trunk_prefix(self):
        for text in ("899123456777", "+39899123456777", "0039899123456777", "8991"):
            with self.subTest(text=text):
                self.assertTrue(is_found("+39899*", text, "IT"))

    def test_a_whole_number_holds_whatever_follows(self):
        for text in ("06123400007", "+336123400007", "00336123400007777", "0612340000"):
            with self.subTest(text=text):
                self.assertTrue(is_found("+33612340000", text))
                found = dial_rules.get_meanings(text, "FR")
                self.assertIn("+33612340000", dial_rules.get_beginnings(found))
        for text in ("0612340001", "061234001", "0033612341"):
            with self.subTest(text=text):
                self.assertFalse(is_found("+33612340000", text))

    def test_the_national_plan_reads_what_no_prefix_tells(self):
        # A collect call, a trunk prefix too many: whatever follows.
        for region, pattern, text in (
            ("BR", "+5511999990000", "9011999990000"),
            ("US", "+12125550123", "112125550123"),
        ):
            for more in ("", "1", "123456"):
                with self.subTest(region=region, text=text + more):
                    self.assertTrue(is_found(pattern, text + more, region))

    def test_what_is_not_meant(self):
        for patterns, text in (
            ("+3389*", "0612340001"),
            ("+3389*", "0189123456"),
            ("+3389* +882*", "+331899123456"),
            ("+331*", "118218"),
            ("112", "1123"),
            ("+", "0612340001"),
            ("* ; ,", "0612340001"),
            ("", "0899123456"),
        ):
            with self.subTest(patterns=patterns, text=text):
                self.assertFalse(is_found(patterns, text))

    def test_other_ways_to_write_a_pattern(self):
        for patterns, text in (
            ("0899*", "+33899123456"),
            ("0899*", "08991234567"),
            ("+3399*;+3389*", "0899123456"),
            ("003389*", "0899123456"),
            ("118*", "118218"),
            ("*72*", "*720612340001"),
            ("+33 612340000,0899123456", "08991234567"),
        ):
            with self.subTest(patterns=patterns, text=text):
                self.assertTrue(is_found(patterns, text))

    def test_numbers_behind_codes(self):
        for text in (
            "*720899123456",
            "*10720899123456",
            "*31#0899123456",
            "*21*0899123456#",
            "*21*0899123456*11#",
            "#31#+33899123456",
        ):
            with self.subTest(text=text):
                found = dial_rules.get_numbers_behind_codes(text)
                self.assertTrue({"0899123456", "+33899123456"} & set(found), found)
        self.assertEqual(dial_rules.get_numbers_behind_codes("*#"), [])

    def test_nothing_else_is_an_authorized_number(self):
        number = dial_rules.AuthorizedNumber("112", None, False)
        self.assertIs(dial_rules.require_authorized(number), number)
        for text in ("112", str(number), number[:], None):
            with self.subTest(text=text), self.assertRaises(TypeError):
                dial_rules.require_authorized(text)
