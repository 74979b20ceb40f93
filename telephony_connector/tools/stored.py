"""What records hold, and are to hold, as plain values."""

from odoo import models


def read_stored(record, names):
    """Return what a record has in some of its fields, links as ids.

    :param record: one record, or none
    :param names: of fields
    :rtype: dict
    """
    values = {name: record[name] for name in names}
    return {
        name: value.id if isinstance(value, models.BaseModel) else value
        for name, value in values.items()
    }


def strip_texts(model, vals):
    """Return values of settings without the blanks and line breaks around texts.

    They come from pasting, and are in the way only when the setting is used.
    """
    fields = model._fields
    return {
        name: value.strip()
        if isinstance(value, str) and getattr(fields.get(name), "type", "") == "char"
        else value
        for name, value in vals.items()
    }
