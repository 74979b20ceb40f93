import logging
import random
import time
from collections import Counter, defaultdict
from itertools import islice

import phonenumbers

from odoo.tests import BaseCase, tagged

from ..engine import number_fast, number_field, number_plan, numbers
from . import number_corpus

# Of each sort, a number: all there are would take minutes.
NEGATIVES = 8
_figures = logging.getLogger("telephony_connector.figures")


class Index:
    """The index as a dict: what the database does with the same keys."""

    def __init__(self):
        self.rows = defaultdict(lambda: defaultdict(set))
        self.size = 0

    def add(self, key, text, region):
        for found in number_field.field_numbers(text, region):
            suffix = numbers.suffix(found.number)
            self.rows[suffix][found.number, found.certain].add(key)
            self.size += 1

    def exact(self, reading):
        """Return the keys whose number matches exactly."""
        rows = {
            row: keys
            for suffix in reading.suffixes()
            for row, keys in self.rows.get(suffix, {}).items()
        }
        reading = reading.settled({number for number, _certain in rows})
        found = set()
        for (number, certain), keys in rows.items():
            reason = numbers.compare(number, certain, reading)
            if reason and reason.exact:
                found |= keys
        return found


def _percent(part, whole):
    return f"{100 * part / max(whole, 1):.2f}"


@tagged("telephony_corpus")
class TestNumberCorpus(BaseCase):
    """Every country that libphonenumber knows: all true matches, no false one."""

    def test_recall_and_precision(self):
        """Each number is found however it is stored and presented, and it alone."""
        began = time.monotonic()
        examples = number_corpus.examples()
        codes = sorted({number.country_code for number in examples.values()})
        lookups = found = expected = false = 0
        wrong = []
        right, stored, mistaken = Counter(), Counter(), Counter()
        index = self._index(examples, codes)
        for (region, e164), number in examples.items():
            ways = number_corpus.stored_forms(number)
            wanted = {(region, e164, way) for way in ways}
            for form, text in number_corpus.presented_forms(region, number).items():
                hits = index.exact(numbers.read(text, region))
                # The same number is an example of several regions (+44 of Jersey).
                others = {hit for hit in hits if hit[1] != e164}
                lookups += 1
                expected += len(wanted)
                found += len(wanted & hits)
                stored.update(way for _region, _e164, way in wanted)
                right.update(way for _region, _e164, way in wanted & hits)
                mistaken.update(way for _region, _e164, way in others)
                false += len(others)
                if others or not wanted <= hits:
                    wrong.append((region, form, text, wanted - hits, others))
        _figures.info(
            "number corpus: %d regions, %d numbers, %d stored forms and negatives, "
            "%d lookups: recall %.2f %% (%d of %d), exact precision %.2f %% "
            "(%d false), %.0f s",
            len({region for region, _e164 in examples}),
            len(examples),
            index.size,
            lookups,
            100 * found / expected,
            found,
            expected,
            100 * found / (found + false),
            false,
            time.monotonic() - began,
        )
        _figures.info(
            "number corpus, recall and precision in %% by how a number is stored: %s",
            "; ".join(
                f"{way} {_percent(right[way], total)}, "
                f"{_percent(right[way], right[way] + mistaken[way])}"
                for way, total in sorted(stored.items())
            ),
        )
        self.assertFalse(wrong[:5], f"{len(wrong)} of {lookups} lookups went wrong")

    def _index(self, examples, codes):
        index = Index()
        known = {e164 for _region, e164 in examples}
        for (region, e164), number in examples.items():
            for way, text in number_corpus.stored_forms(number).items():
                index.add((region, e164, way), text, region)
            negatives = {
                *islice(number_corpus.neighbors(region, number), NEGATIVES),
                *islice(number_corpus.strangers(number, codes), NEGATIVES),
            }
            for negative in negatives - known:
                index.add((region, negative, "negative"), negative, region)
        return index

    def test_without_country(self):
        """Records of no known country are found by how they are written."""
        for region, text, presented in (
            ("FR", "06 39 98 00 01", "+33639980001"),
            ("FR", "639980001", "0033639980001"),
            ("FR", "33639980001", "0639980001"),
            ("US", "(202) 555-0143", "+12025550143"),
            ("NU", "7012", "+6837012"),
            ("AR", "011 15-2345-6789", "+5491123456789"),
        ):
            with self.subTest(text=text):
                index = Index()
                index.add("record", text, "")
                self.assertTrue(index.exact(numbers.read(presented, region)))

    def test_abroad_without_country(self):
        """A record of no country has a number abroad as those who ask dial it."""
        by_region = {}
        for (region, e164), number in number_corpus.examples().items():
            by_region.setdefault(region, (e164, number))
        prefixes = number_corpus.own_international_prefixes()
        indexes = {prefix: Index() for prefix in prefixes.values()}
        for prefix, index in indexes.items():
            for e164, number in by_region.values():
                written = number_corpus.stored_forms(number)["international"]
                index.add(e164, f"{prefix} {written[1:]}", "")
        pairs = found = false = 0
        wrong = []
        for step, (region, prefix) in enumerate(prefixes.items()):
            # Every fourth: all pairs would take minutes.
            for e164, number in islice(by_region.values(), step % 4, None, 4):
                if number.country_code == phonenumbers.country_code_for_region(region):
                    continue
                hits = indexes[prefix].exact(numbers.read(e164, region))
                pairs += 1
                found += e164 in hits
                false += len(hits - {e164})
                if hits != {e164}:
                    wrong.append((region, prefix, e164, hits))
        _figures.info(
            "number corpus, numbers abroad of records without a country: %d regions, "
            "%d prefixes, %d pairs: recall %s %%, exact precision %s %% (%d false)",
            len(prefixes),
            len(indexes),
            pairs,
            _percent(found, pairs),
            _percent(found, found + false),
            false,
        )
        self.assertFalse(wrong[:5], f"{len(wrong)} of {pairs} lookups went wrong")

    def test_short_way(self):
        """The short way through a plan never says what the full way does not."""
        dice = random.Random(0)
        answered = 0
        for (region, _e164), number in number_corpus.examples().items():
            for text in number_corpus.misspelt(number, dice):
                short = (
                    number_fast.valid_international(text)
                    if text[0] == "+"
                    else number_fast.valid_national(text, region)
                )
                if short:
                    answered += 1
                    self.assertEqual(
                        [
                            (item.e164, item.valid)
                            for item in number_plan.interpret_in_full(text, region)
                        ],
                        [(short, True)],
                        (text, region),
                    )
        self.assertGreater(answered, 1000)

    def test_short_way_abroad(self):
        """Likewise for numbers after the prefix that is dialed before them."""
        answered = 0
        for _region, e164 in number_corpus.examples():
            text = "00" + e164[1:]
            for region in ("FR", "DE", "IT", "CH", "BR", "RU", "US", "AU", "JP", "KE"):
                if not (short := number_fast.valid_abroad(text, region)):
                    continue
                answered += 1
                candidate = number_plan.Candidate(short, True, True, True)
                full = number_plan.interpret_in_full(text, region)
                self.assertEqual(full, [candidate], (text, region))
        self.assertGreater(answered, 1000)
