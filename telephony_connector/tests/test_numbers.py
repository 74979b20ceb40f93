from odoo.tests import BaseCase

from ..engine.number_field import field_numbers
from ..engine.numbers import Kind, Reason, compare, format_number, read, suffix


class TestRead(BaseCase):
    """What trunks, telephones and people present as a number."""

    def assertKind(self, kind, *texts, **options):
        for text in texts:
            with self.subTest(text=text):
                self.assertEqual(read(text, "FR", **options).kind, kind)

    def test_one_number_in_every_form(self):
        """A French mobile number is the same number in whatever form it comes."""
        for text in (
            "+33639980001",
            "33639980001",
            "0033639980001",
            "011 33 6 39 98 00 01",
            "0639980001",
            "639980001",
            "+33 (0)6 39 98 00 01",
            "++33639980001",
            "+0639980001",
            "sip:+33639980001@192.0.2.1:5060;user=phone",
            "sip:%2B33639980001@pbx.example.com",
            '"Ann 2" <sip:0639980001@192.0.2.1>;tag=7',
            '"Doe, Ann" <0639980001>',
            "Ann <0639980001>",
            "tel:0639980001;phone-context=+33",
            "tel:+33-6-39-98-00-01;ext=12",
            "<sip:0639980001;ext=12@192.0.2.1>",
            "+33639980001@192.0.2.1",
            "0639980001#",
            "\r\n0639980001\x00",
            "٠٦٣٩٩٨٠٠٠١",
            "０６３９９８０００１",
            "\u202a+33\u00a06\u00a039\u00a098\u00a000\u00a001\u202c",
        ):
            with self.subTest(text=text):
                reading = read(text, "FR")
                self.assertEqual(reading.kind, Kind.EXTERNAL)
                self.assertEqual(reading.e164, "+33639980001")

    def test_other_countries(self):
        """International prefixes and trunk prefixes are those of the PBX's country."""
        for text, region, e164 in (
            ("8 (495) 123-45-67", "RU", "+74951234567"),
            ("810 33 6 39980001", "RU", "+33639980001"),
            ("06 1234567", "IT", "+39061234567"),
            ("1 202 555 0143", "US", "+12025550143"),
            ("011 44 20 7946 0018", "US", "+442079460018"),
            ("0011 44 20 7946 0018", "AU", "+442079460018"),
            ("011 15-2345-6789", "AR", "+5491123456789"),
            ("55 11 6123-4567", "BR", "+5511961234567"),
            ("+52 1 222 123 4567", "MX", "+522221234567"),
            ("+80012345678", "FR", "+80012345678"),
            ("33639980001", "", "+33639980001"),
        ):
            with self.subTest(text=text, region=region):
                self.assertEqual(read(text, region).e164, e164)

    def test_nobody(self):
        """Withheld and empty callers are no numbers."""
        self.assertKind(
            Kind.WITHHELD,
            "anonymous",
            "Anonymous <sip:anonymous@anonymous.invalid>",
            '"Anonymous" <>',
            "<unknown>",
            "Restricted",
            "Private number",
            "No Caller ID",
            "Masqué",
            "+266696687",
            "0000000000",
        )
        self.assertKind(Kind.EMPTY, "", None, "  ", "<>", '"" <>', '"Ann" <>')

    def test_inside(self):
        """Extensions, feature codes and short numbers are seen before any parsing."""
        inside = {"extensions": frozenset({"1001", "0639980002"})}
        self.assertKind(Kind.INTERNAL, "1001", "sip:1001@pbx", '"A" <1001>', **inside)
        self.assertKind(Kind.INTERNAL, "06 39 98 00 02", **inside)
        self.assertKind(Kind.FEATURE, "*97", "#31#0639980001", "**1001")
        self.assertKind(Kind.SHORT, "112", "15", "3929", "118218", "201", "2001")
        self.assertFalse(read("201", "FR").matchable)

    def test_short_plans(self):
        """Few digits are an outside line only where lines have so few."""
        self.assertEqual(read("7012", "NU").e164, "+6837012")
        self.assertEqual(read("31234", "FK").e164, "+50031234")
        self.assertEqual(read("2211", "LU").kind, Kind.SHORT)

    def test_no_number(self):
        """Text that is no number is kept as it is and matches nothing."""
        self.assertKind(
            Kind.UNREADABLE, "sip:ann@pbx", "s", "+", "PJSIP/1001", "1" * 99
        )
        self.assertFalse(read("sip:ann2@pbx", "FR").matchable)
        self.assertEqual(read("sip:ann@pbx", "FR").text, "ann")
        self.assertTrue(read("1234567", "FR").matchable)

    def test_outside_prefix(self):
        """What phones dial for an outside line is taken off, if it is there."""
        for text, prefix, region in (
            ("00639980001", "0", "FR"),
            ("0639980001", "0", "FR"),
            ("00033639980001", "0", "FR"),
            ("90639980001", "9", "FR"),
            ("90033639980001", "9", "FR"),
            ("+33639980001", "9", "FR"),
        ):
            with self.subTest(text=text, prefix=prefix):
                reading = read(text, region, outside_prefix=prefix)
                self.assertEqual(reading.e164, "+33639980001")
        self.assertEqual(
            read("9165550123", "US", outside_prefix="9").e164, "+19165550123"
        )

    def test_ambiguous(self):
        """A text that may be two numbers is the one that somebody has."""
        reading = read("4915123456789", "DE")
        self.assertEqual(reading.keys, ("+4915123456789", "+494915123456789"))
        self.assertEqual(
            reading.settled({"+494915123456789"}).keys, ("+494915123456789",)
        )
        self.assertEqual(reading.settled(set()), reading)
        # Just as people write it at home: nothing else is meant.
        self.assertEqual(read("3212345678", "US").keys, ("+13212345678",))


class TestCompare(BaseCase):
    """Exact and probable matches of a stored number."""

    def compare(self, stored, presented, certain=True, region="FR"):
        reading = read(presented, region)
        self.assertIn(suffix(stored), reading.suffixes())
        return compare(stored, certain, reading)

    def test_exact(self):
        """Equal numbers match, and equal digits that no country knows."""
        self.assertEqual(self.compare("+33639980001", "0639980001"), Reason.NUMBER)
        self.assertEqual(self.compare("0639980001", "+33639980001"), Reason.NUMBER)
        self.assertEqual(self.compare("1234567", "1234567"), Reason.DIGITS)

    def test_probable(self):
        """Eight equal digits are a hint where one side's country is in doubt."""
        found = self.compare("+32639980001", "+33639980001", certain=False)
        self.assertEqual(found, Reason.LAST_DIGITS)
        self.assertFalse(found.exact)
        self.assertEqual(
            self.compare("99639980001", "+33639980001"), Reason.LAST_DIGITS
        )
        # The same Argentine line, with and without the mobile 9.
        self.assertEqual(
            self.compare("+541123456789", "+5491123456789"), Reason.LAST_DIGITS
        )

    def test_different(self):
        """Two whole numbers that end alike are two lines; seven digits are too few."""
        self.assertIsNone(self.compare("+4939980001", "+33139980001"))
        self.assertIsNone(compare("9980001", False, read("+33639980001", "FR")))


class TestField(BaseCase):
    """All the numbers that a phone field holds."""

    def assertNumbers(self, text, *expected, region="FR"):
        with self.subTest(text=text):
            found = [item.number for item in field_numbers(text, region)]
            self.assertEqual(found, list(expected))

    def test_several(self):
        """Numbers are told apart whatever stands between them."""
        both = "+33639980001", "+33756783344"
        for text in (
            "06 39 98 00 01 | 07 56 78 33 44",
            "0639980001/0756783344",
            "06 39 98 00 01; +33 7 56 78 33 44",
            "06.39.98.00.01, 07.56.78.33.44",
            "06 39 98 00 01 - 07 56 78 33 44",
            "06 39 98 00 01 07 56 78 33 44",
            "+33639980001+33756783344",
            "0639980001\n0756783344",
            "06 39 98 00 01 ou 07 56 78 33 44",
            "Ann: 06 39 98 00 01, Bob 07 56 78 33 44",
            "06 39 98 00 01 poste 12 / 07 56 78 33 44 x3",
        ):
            self.assertNumbers(text, *both)

    def test_one(self):
        """A slash within a number, an extension and words make no second number."""
        self.assertNumbers("0201/123456", "+49201123456", region="DE")
        self.assertNumbers("0470/12 34 56", "+32470123456", region="BE")
        self.assertNumbers("+49 (0) 30 / 1234567", "+49301234567", region="DE")
        self.assertNumbers("+34 (0)91 123 45 67", "+34911234567")
        self.assertNumbers("+39 (0)6 1234567", "+39061234567")
        self.assertNumbers("06 39 98 00 01 ext. 12", "+33639980001")
        self.assertNumbers("+33639980001;ext=12", "+33639980001")
        self.assertNumbers("Mobile: 0639980001 (home)", "+33639980001")
        self.assertNumbers("tel:+33-6-39-98-00-01", "+33639980001")

    def test_variant(self):
        """ "…67/8" names two lines that differ in their last digits."""
        self.assertNumbers("030 1234567/8", "+49301234567", "+49301234568", region="DE")

    def test_vanity(self):
        """Letters are digits where they make a valid number, and only there."""
        self.assertNumbers("1-800-FLOWERS", "+18003569377", region="US")
        self.assertNumbers("1 800 555 0199 office", "+18005550199", region="US")

    def test_unreadable(self):
        """Digits that no country knows are kept; what has none is nothing."""
        self.assertNumbers("555-1234", "5551234", region="US")
        self.assertNumbers("06 39 98 00 01", "0639980001", region="")
        self.assertNumbers(
            "06 39 98 00 01 / 07 56 78 33 44", "0639980001", "0756783344", region=""
        )
        self.assertNumbers("+999 123 4567", "9991234567")
        for text in ("", None, "n/a", "-", "12"):
            self.assertNumbers(text)

    def test_certain(self):
        """A number is certain if it names its country, or its record does."""
        for text, of_record, expected in (
            ("+33639980001", False, True),
            ("0639980001", True, True),
            ("0639980001", False, False),
            ("0201", True, False),
        ):
            with self.subTest(text=text, of_record=of_record):
                (found,) = field_numbers(text, "FR", of_record)
                self.assertEqual(found.certain, expected)

    def test_format(self):
        """Numbers are shown as people write them; others as they are."""
        self.assertEqual(format_number("+33639980001", ""), "+33 6 39 98 00 01")
        self.assertEqual(format_number("0639980001", "FR"), "+33 6 39 98 00 01")
        self.assertEqual(format_number("1001", "FR"), "1001")
        self.assertEqual(format_number("anonymous", "FR"), "anonymous")
