from odoo.tests import BaseCase

from ..engine.number_field import dialable_numbers, field_numbers
from ..engine.numbers import (
    Kind,
    Reason,
    compare,
    format_number,
    read,
    read_typed,
    suffix,
)


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

    def test_no_country_begins_with_zero(self):
        for text in ("00049 30 23125-0", "+049 30 231250", "+0033612345678"):
            with self.subTest(text):
                for key in read(text, "FR").keys:
                    self.assertRegex(key, r"^\+[1-9]")
                self.assertTrue(format_number(text, "FR"))
                for stored in field_numbers(text, "FR"):
                    self.assertFalse(stored.number.startswith("+0"))

    def test_text_that_is_no_number(self):
        for text in ("+33612345678ext. 12", "12345678 Ann", "*21*0612345678", "ab"):
            with self.subTest(text):
                self.assertIsNone(compare("+33612345678", True, read(text, "FR")))

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

    def test_company(self):
        """An extension of a company's number is probably the company."""
        for caller in ("+493012345678", "+49301234512", "030123456"):
            reading = read(caller, "DE")
            self.assertIn(suffix("+493012345x"), reading.suffixes())
            found = compare("+493012345x", True, reading)
            self.assertEqual(found, Reason.COMPANY)
            self.assertFalse(found.exact)
        for caller in ("+493012345", "+493012346789", "+33123012345"):
            self.assertIsNone(compare("+493012345x", True, read(caller, "DE")))

    def test_without_area_code(self):
        """A local number is a hint, or one's own area code makes it whole."""
        reading = read("5550143", "US")
        self.assertTrue(reading.local)
        self.assertIn(suffix("+12025550143"), reading.suffixes())
        self.assertEqual(compare("+12025550143", True, reading), Reason.LAST_DIGITS)
        self.assertIsNone(compare("+441215550143", True, reading))
        whole = read("5550143", "US", area_code="202")
        self.assertEqual(whole.e164, "+12025550143")
        self.assertEqual(read("1234567", "DE", area_code="30").e164, "+49301234567")
        self.assertEqual(read("123456", "DE", area_code="201").e164, "+49201123456")
        self.assertEqual(read("0301234567", "DE", area_code="201").e164, "+49301234567")
        self.assertEqual(read("112", "DE", area_code="201").kind, Kind.SHORT)

    def test_countries_that_are_known(self):
        """Numbers that name two countries are two lines, however alike they end."""
        reading = read("+43112345001", "FR")
        self.assertFalse(reading.certain)
        self.assertIsNone(compare("+33612345001", True, reading))

    def test_read_with_a_fallback(self):
        """A number that the fallback country does not know is read where one asks."""
        (found,) = field_numbers("06 12 34 56 90", "US", False)
        reading = read("+33612345690", "FR")
        self.assertEqual(compare(found.number, found.certain, reading), Reason.NUMBER)

    def test_different(self):
        """Two whole numbers that end alike are two lines; seven digits are too few."""
        self.assertIsNone(self.compare("+4939980001", "+33139980001"))
        self.assertIsNone(compare("9980001", False, read("+33639980001", "FR")))


class TestTyped(BaseCase):
    """What people type or paste where a number is asked for."""

    def test_typed(self):
        """Remarks, labels and letters are understood, several numbers are not."""
        for text, region, expected in (
            ("+48 (0) 22 512 34 56", "FR", "+48225123456"),
            ("+1 (202) 555-0143,,99#", "FR", "+12025550143"),
            ("06 12 34 56 79 (cell)", "FR", "+33612345679"),
            ("Mobile: 06 12 34 56 79", "FR", "+33612345679"),
            ("1-800-FLOWERS", "US", "+18003569377"),
            ("+49 30 / 1234567", "FR", "+49301234567"),
        ):
            with self.subTest(text=text):
                self.assertEqual(read_typed(text, region).e164, expected)
        several = read_typed("06 12 34 56 79 / 07 56 78 33 44", "FR")
        self.assertEqual(several.kind, Kind.UNREADABLE)
        for text, kind in (
            ("1001", Kind.INTERNAL),
            ("*97", Kind.FEATURE),
            ("112", Kind.SHORT),
        ):
            reading = read_typed(text, "FR", extensions=frozenset({"1001"}))
            self.assertEqual(reading.kind, kind)


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

    def test_remarks(self):
        """What stands behind a number is cut off and makes no other number."""
        for text, region, *expected in (
            ("202-555-0143 after 6pm", "US", "+12025550143"),
            ("202-555-0143 (2nd floor)", "US", "+12025550143"),
            ("202-555-0143 line 2", "US", "+12025550143"),
            ("202-555-0143 6", "US", "+12025550143"),
            ("+1 (202) 555-0143,,99#", "US", "+12025550143"),
            ("(202) 555-0143p99", "US", "+12025550143"),
            ("+44 20 7946 0018 ask for Bob 2", "GB", "+442079460018"),
            ("030 1234567 App. 12", "DE", "+49301234567"),
            ("030 1234567 Zimmer 12", "DE", "+49301234567"),
            ("030 1234567 9-17 Uhr", "DE", "+49301234567"),
            ("030 1234567 (9-17)", "DE", "+49301234567"),
            ("030 1234567 9h-18h", "DE", "+49301234567"),
            ("030 1234560 bis 69", "DE", "+49301234560"),
            ("06 12 34 56 78 (9-17)", "FR", "+33612345678"),
            ("06 12 34 56 78 24/7", "FR", "+33612345678"),
            ("06 12 34 56 78 7j/7", "FR", "+33612345678"),
            ("06 12 34 56 78 à partir de 18h", "FR", "+33612345678"),
            ("06 12 34 56 78 - 2ème étage", "FR", "+33612345678"),
            ("06 12 34 56 78 le 12/05/2024", "FR", "+33612345678"),
            ("8 (495) 123-45-67 доб. 12", "RU", "+74951234567"),
            ("03-1234-5678 (内線12)", "JP", "+81312345678"),
        ):
            self.assertNumbers(text, *expected, region=region)

    def test_before(self):
        """Labels, places in a list and postal codes belong to no number."""
        for text, *expected in (
            ("1) 06 12 34 56 78 2) 07 56 78 33 44", "+33612345678", "+33756783344"),
            ("1. 06 12 34 56 78", "+33612345678"),
            ("N° 2 : 06 12 34 56 78", "+33612345678"),
            ("Paris 75001 06 12 34 56 78", "+33612345678"),
            ("06 12 34 56 79 (cell)", "+33612345679"),
            ("tel:0612345678;phone-context=+33", "+33612345678"),
        ):
            self.assertNumbers(text, *expected)

    def test_blanks_and_files(self):
        """Tabs are blanks; a spreadsheet's number is still one."""
        self.assertNumbers("06\t12\t34\t56\t78", "+33612345678")
        self.assertNumbers("0612345678\t0756783344", "+33612345678", "+33756783344")
        self.assertNumbers("33612345678.0", "+33612345678")
        self.assertNumbers("3.3612345678E+10", "+33612345678")

    def test_direct_dial(self):
        """A direct dial belongs to the number; "-0" ends that of a company."""
        self.assertNumbers(
            "+43 1 12345 DW 678", "+43112345678", "+43112345", region="AT"
        )
        self.assertNumbers(
            "030 12345 Durchwahl 678", "+493012345678", "+493012345", region="DE"
        )
        self.assertNumbers("+49 30 12345-0", "+4930123450", "+493012345x")
        self.assertNumbers("+49 30 12345-678", "+493012345678")
        self.assertNumbers("+33 1 99 00 12 30", "+33199001230")

    def test_neighbors_and_reforms(self):
        """A line has one number, however its country or a neighbor writes it."""
        for text, region, expected in (
            ("0690 33 59 41", "FR", "+590690335941"),
            ("0690 33 59 41", "GP", "+590690335941"),
            ("+33 6 90 33 59 41", "FR", "+590690335941"),
            ("0692 12 34 56", "FR", "+262692123456"),
            ("0694 12 34 56", "FR", "+594694123456"),
            ("0696 12 34 56", "GP", "+596696123456"),
            ("06 12 34 56 78", "GP", "+33612345678"),
            ("044 55 1234 5678", "MX", "+525512345678"),
            ("01 55 1234 5678", "MX", "+525512345678"),
            ("+52 1 55 1234 5678", "MX", "+525512345678"),
            ("(1) 234 5678", "CO", "+576012345678"),
            ("+378 882555", "SM", "+3780549882555"),
            ("+39 0549 882555", "IT", "+3780549882555"),
            ("048 9012 3456", "IE", "+442890123456"),
        ):
            self.assertNumbers(text, expected, region=region)

    def test_of_no_country(self):
        """A number is kept whole where only who asks knows its country."""
        for text, expected in (
            ("011 49 170 1234567", "011491701234567"),
            ("001 65 6521 8000", "0016565218000"),
            ("0011 354 410 1234", "00113544101234"),
            ("800-FLOWERS", "8003569377"),
            ("009 32 12 34 56 78", "0093212345678"),
            ("0033 6 39 98 00 01", "+33639980001"),
        ):
            self.assertNumbers(text, expected, region="")

    def test_dialable(self):
        """Of a field one chooses among the numbers that stand there."""
        for text, region, *expected in (
            ("030 1234567/8", "DE", "+49301234567", "+49301234568"),
            ("+49 30 / 1234567", "DE", "+49301234567"),
            ("+48 (0) 22 512 34 56", "FR", "+48225123456"),
            ("06.12.34.56.70, 07.56.78.33.44", "FR", "+33612345670", "+33756783344"),
            ("+49 30 12345-0", "DE", "+4930123450"),
            ("4915123456789", "DE", "+4915123456789"),
            ("06 1234 5678", "IT", "+390612345678"),
        ):
            with self.subTest(text=text):
                self.assertEqual(dialable_numbers(text, region), expected)

    def test_vanity(self):
        """Letters are digits where they make a valid number, and only there."""
        self.assertNumbers("1-800-FLOWERS", "+18003569377", region="US")
        self.assertNumbers("1 800 555 0199 office", "+18005550199", region="US")
        self.assertNumbers("1.800.GO.FEDEX", "+18004633339", region="US")
        self.assertNumbers("1300 FLOWERS", "+611300356937", region="AU")

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
