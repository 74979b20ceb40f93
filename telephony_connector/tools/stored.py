"""What records hold, as plain values."""

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
