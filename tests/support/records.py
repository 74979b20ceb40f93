"""Records of customers, each with a number of its own."""

import itertools

_numbers = itertools.count(1)


def new_number():
    """
    :return: an E.164 number that no record has yet, from the French numbers that are
        reserved for works of fiction.
    """
    return f"+3363998{next(_numbers):04d}"


def national(number):
    """
    :return: a French E.164 number the way that people write it: ``06 39 98 00 01``.
    """
    digits = "0" + number.removeprefix("+33")
    return " ".join(digits[i : i + 2] for i in range(0, 10, 2))


def international(number):
    """
    :return: a French E.164 number as it is shown: ``+33 6 39 98 00 01``.
    """
    return f"+33 {national(number).removeprefix('0')}"


def contact(stack, name, number):
    """
    :return: the id of a new contact with that number, written nationally.
    """
    return stack.admin.create("res.partner", name=name, phone=national(number))


def lead(stack, name, number, **values):
    """
    :return: the id of a new opportunity of the agent with that number.
    """
    user = stack.agent.uid
    return stack.admin.create(
        "crm.lead", name=name, phone=number, user_id=user, type="opportunity", **values
    )
