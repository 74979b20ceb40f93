"""Generated contacts and leads with realistic numbers of twenty countries."""

import io
import random
import time
from contextlib import contextmanager

import phonenumbers
from phonenumbers import PhoneNumberType

COUNTRIES = "FR BE DE CH AT IT ES PT GB IE NL PL SE DK RU US BR AR MX IN".split()
LEAD_SHARE = 5  # one lead on so many contacts
FURTHER_SHARE = 0.3  # of the contacts have a further number
CHUNK = 50_000


class NumberPlan:
    """Valid numbers of some countries, by prefixes found to be valid once."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.prefixes = {region: self._prefixes(region) for region in COUNTRIES}

    def _prefixes(self, region, wanted=60):
        """National numbers without their last six digits, which may be any."""
        found = set()
        kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
        for kind in kinds:
            example = phonenumbers.example_number_for_type(region, kind)
            subscriber = phonenumbers.national_significant_number(example)
            for _try in range(wanted * 20):
                length = len(subscriber) - 6
                changed = self.random.randint(1, max(1, length - 1))
                prefix = subscriber[: length - changed] + "".join(
                    self.random.choices("123456789", k=changed)
                )
                if self._is_valid(region, prefix):
                    found.add(prefix)
                if len(found) >= wanted * (1 + kinds.index(kind)):
                    break
            found.add(subscriber[:length])
        return sorted(found)

    def _is_valid(self, region, prefix):
        code = phonenumbers.country_code_for_region(region)
        return all(
            phonenumbers.is_valid_number(
                phonenumbers.parse(f"+{code}{prefix}{self.random.randrange(10**6):06}")
            )
            for _try in range(8)
        )

    def number(self):
        """Return a random (region, E.164 number, national number with its prefix)."""
        region = self.random.choice(COUNTRIES)
        subscriber = (
            self.random.choice(self.prefixes[region])
            + f"{self.random.randrange(10**6):06}"
        )
        code = phonenumbers.country_code_for_region(region)
        trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
        return region, f"+{code}{subscriber}", trunk + subscriber


def written(plan, e164, national):
    """Return a number as one of many people would write it."""
    code_length = len(e164) - len(national.lstrip("0"))
    way = plan.random.random()
    if way < 0.45:
        return _spaced(e164, max(3, code_length))
    if way < 0.65:
        return e164
    if way < 0.9:
        return _spaced(national, 2)
    return national


def _spaced(digits, first):
    rest = digits[first:]
    pairs = [rest[place : place + 2] for place in range(0, len(rest), 2)]
    return " ".join([digits[:first], *pairs])


def fill(cr, plan, count, *, salesperson_id):
    """Insert contacts and a fifth as many leads, half of which follow their contact.

    Three contacts of ten have a further number.

    :param plan: a :class:`NumberPlan`
    :param int count: of contacts
    :return: (E.164 numbers of contacts without a lead, those of contacts with one)
    """
    cr.execute("SELECT code, id FROM res_country WHERE code = ANY(%s)", [[*COUNTRIES]])
    countries = dict(cr.fetchall())
    cr.execute("SELECT company_id FROM res_users WHERE id = %s", [salesperson_id])
    company_id = cr.fetchone()[0]
    alone, both = [], []
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        contacts, leads, further = io.StringIO(), io.StringIO(), io.StringIO()
        cr.execute(
            "SELECT nextval('res_partner_id_seq') FROM generate_series(1, %s)", [size]
        )
        for (partner_id,) in cr.fetchall():
            region, e164, national = plan.number()
            text = written(plan, e164, national)
            country = countries[region]
            contacts.write(
                f"{partner_id}\tContact {partner_id}\tContact {partner_id}\t{text}\t"
                f"{e164}\t{country}\t{partner_id}\n"
            )
            if plan.random.random() < FURTHER_SHARE:
                _region, other, _national = plan.number()
                further.write(f"{partner_id}\t{_spaced(other, 3)}\n")
            if partner_id % LEAD_SHARE:
                alone.append(e164)
                continue
            follows = plan.random.random() < 0.5
            if follows:
                both.append(e164)
            else:
                region, e164, national = plan.number()
                text = written(plan, e164, national)
                country = countries[region]
            leads.write(
                f"Lead {partner_id}\t{text}\t{e164}\t{country}\t"
                f"{partner_id if follows else chr(92) + 'N'}\t{salesperson_id}\t"
                f"{company_id}\n"
            )
        _copy(
            cr,
            contacts,
            "res_partner",
            "id name complete_name phone phone_sanitized country_id"
            " commercial_partner_id",
            "active = TRUE, type = 'contact', partner_share = TRUE, is_company = FALSE",
        )
        _copy(
            cr,
            leads,
            "crm_lead",
            "name phone phone_sanitized country_id partner_id user_id company_id",
            "active = TRUE, type = 'opportunity', priority = '0'",
        )
        _copy(
            cr,
            further,
            "telephony_phone",
            "partner_id number",
            "sequence = 10, label = 'mobile'",
        )
    return alone, both


def _copy(cr, rows, table, columns, constants):
    """Fill a table by COPY, with the same values in its other columns."""
    names = columns.split()
    fixed = dict(item.split(" = ") for item in constants.split(", "))
    cr.execute(
        f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {', '.join(names)}"
        f" FROM {table} LIMIT 0"
    )
    rows.seek(0)
    cr._obj.copy_expert(f"COPY incoming ({', '.join(names)}) FROM STDIN", rows)
    cr.execute(
        f"INSERT INTO {table} ({', '.join([*names, *fixed, 'create_date'])})"
        f" SELECT {', '.join([*names, *fixed.values(), 'now()'])} FROM incoming"
    )
    cr.execute("DROP TABLE incoming")


# -- the index -------------------------------------------------------------------------


@contextmanager
def environment(config_file):
    """Yield the superuser's environment of the database of a configuration file."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", str(config_file), "--log-level=warn"])
    with Registry(config["db_name"][0]).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def build_index(env):
    """Index what is not indexed yet, as the scheduled action does it.

    :return: how many rows were added, and the seconds that took
    """
    sources = env["telephony.number.source"]
    sources.search([]).is_done = False
    before = count_rows(env.cr)
    began = time.perf_counter()
    while source := sources.search([("is_done", "=", False)], limit=1):
        source._build_batch()
        env.cr.commit()
        env.invalidate_all()
    seconds = time.perf_counter() - began
    added = count_rows(env.cr) - before
    vacuum(env.cr, "telephony_number")
    return added, seconds


def count_rows(cr):
    """Return how many numbers are indexed."""
    cr.execute("SELECT count(*) FROM telephony_number")
    return cr.fetchone()[0]


def vacuum(cr, *tables):
    """Have PostgreSQL know the tables as they are now."""
    connection = cr._cnx
    cr.commit()
    connection.autocommit = True
    for table in tables:
        cr.execute(f"VACUUM ANALYZE {table}")
    connection.autocommit = False
