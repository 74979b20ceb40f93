"""Numbers of every country, in the ways people store and trunks present them."""

from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

DIRECT_DIAL_CODES = 43, 49
TYPES = [kind for name, kind in vars(PhoneNumberType).items() if name.isupper()]


def examples():
    """Return one example of every kind of number of every region.

    :return: (region, E.164) → parsed number
    """
    found = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in TYPES:
            number = phonenumbers.example_number_for_type(region, kind)
            if number:
                e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
                found.setdefault((region, e164), number)
    return found


def _forms(number):
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return (
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        phonenumbers.format_number(number, PhoneNumberFormat.RFC3966),
        national,
        "".join(filter(str.isdecimal, national)),
        phonenumbers.national_significant_number(number),
    )


def _letters(number):
    """Return how a free number is written as a word: 1-800-ADGJMPT."""
    subscriber = phonenumbers.national_significant_number(number)
    kind = phonenumbers.number_type(number)
    word = subscriber[3:].translate(str.maketrans("23456789", "ADGJMPTW"))
    if number.country_code != 1 or kind != PhoneNumberType.TOLL_FREE:
        return {}
    return {"letters": f"1-{subscriber[:3]}-{word}"} if word.isalpha() else {}


def _direct_dial(number):
    """Return how the last digits are set apart where they belong to the number."""
    national = _forms(number)[3]
    if number.country_code not in DIRECT_DIAL_CODES or not national[-3:].isdecimal():
        return {}
    return {"direct dial": f"{national[:-3]} DW {national[-3:]}"}


def stored_forms(number):
    """Return how people write a number in a phone field of a record of its country."""
    e164, international, rfc3966, national, national_digits, subscriber = _forms(number)
    return {
        "e164": e164,
        "international": international,
        "national": national,
        "national digits": national_digits,
        "dashes": national.replace(" ", "-"),
        "dots": national.replace(" ", ".").replace("-", "."),
        "00": "00 " + international[1:],
        "without plus": e164[1:],
        "without trunk prefix": subscriber,
        "uri": rfc3966,
        "extension": international + " ext. 12",
        "label": f"Tel: {international} (home)",
        "among others": f"{international} | +33 6 39 98 00 01",
        "remark": f"{international} after 6pm",
        "national remark": f"{national} ask for Ann",
        "floor": f"{national} (2nd floor)",
        "line": f"{national} line 2",
        "apartment": f"{international} App. 12",
        "bare hours": f"{national} (9-17)",
        "hours": f"{international} 9h-18h",
        "always": f"{national} 24/7",
        "tabs": national.replace(" ", "\t"),
        "spreadsheet": e164[1:] + ".0",
        "list": f"1) {international} 2) +33 7 56 78 33 44",
        "trunk zero": f"+{number.country_code} (0) {subscriber}",
        "post-dial": f"{international},,99#",
        "kind": f"{national} (cell)",
        "slashes": f"{national} / +33 6 39 98 00 01",
        "words": f"{international} or +33 7 56 78 33 44",
        "invisible marks": f"\u202a{international}\u202c\u200b",
        "old fax label": f"T {international} F +33 1 99 00 12 34",
        **_letters(number),
        **_direct_dial(number),
    }


def presented_forms(region, number):
    """Return how a trunk in the number's own country presents it."""
    e164, _international, rfc3966, national, digits, subscriber = _forms(number)
    forms = {
        "e164": e164,
        "without plus": e164[1:],
        "00": "00" + e164[1:],
        "011": "011" + e164[1:],
        "national": digits,
        "national, formatted": national,
        "without trunk prefix": subscriber,
        "sip uri": f"<sip:{e164}@192.0.2.1:5060;user=phone>;tag=1",
        "sip uri, national": f'"Room 12" <sip:{digits}@192.0.2.1>',
        "name": f'"Ann 2" <{e164}>',
        "tel uri": rfc3966,
        "arabic digits": e164.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    }
    if own_prefix := own_international_prefixes().get(region):
        forms["own international prefix"] = own_prefix + e164[1:]
    return forms


@cache
def own_international_prefixes():
    """Return what is dialed for another country, where it is always the same.

    :return: region → digits
    """
    found = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        prefix = PhoneMetadata.metadata_for_region(region).international_prefix or ""
        if prefix.isdecimal():
            found[region] = prefix
    return found


def neighbors(region, number):
    """Return valid numbers of the same country that end in the same digits.

    They differ from the number in one digit before the last eight.
    """
    subscriber = phonenumbers.national_significant_number(number)
    for place in range(len(subscriber) - 8):
        for digit in "123456789":
            other = subscriber[:place] + digit + subscriber[place + 1 :]
            if other != subscriber:
                parsed = phonenumbers.parse(f"+{number.country_code}{other}")
                if phonenumbers.is_valid_number_for_region(parsed, region):
                    yield phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def strangers(number, codes):
    """Return valid numbers of other countries that end in the same digits."""
    subscriber = phonenumbers.national_significant_number(number)
    for code in codes:
        parsed = phonenumbers.PhoneNumber(code, int(subscriber))
        if code != number.country_code and phonenumbers.is_valid_number(parsed):
            yield phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def misspelt(number, dice):
    """Return a number with some digits changed, in the forms that are written most.

    :param dice: a :class:`random.Random`
    """
    code = f"+{number.country_code}"
    for _variant in range(6):
        digits = list(phonenumbers.national_significant_number(number))
        for _change in range(dice.randint(0, 3)):
            digits[dice.randrange(len(digits))] = dice.choice("0123456789")
        subscriber = "".join(digits)
        yield from (code + subscriber, code + "0" + subscriber)
        yield from (before + subscriber for before in ("0", "", "8", "1", "9"))
