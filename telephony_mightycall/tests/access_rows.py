"""The table of methods of this addon: see the base's ``access_rows``."""

from odoo.addons.telephony_connector.tests.access_rows import (
    ADMINISTRATORS,
    CALLERS,
    IS_MINE,
    MINE,
    SETS_UP,
)
from odoo.addons.telephony_connector.tests.common_access import NOBODY, Orm, Row

ORM = [
    Orm(
        "telephony.mightycall.request",
        "request",
        ADMINISTRATORS,
        SETS_UP,
        values=lambda target, me: {
            "pbx_id": target.pbx.id,
            "name": "x",
            "date": "2026-01-01 00:00:00",
        },
        change=lambda target, me: {"name": "x"},
    ),
    Orm(
        "telephony.mightycall.session",
        "session",
        NOBODY,
        "logins at a telephone system are for Odoo itself",
        values=lambda target, me: {
            "pbx_id": target.pbx.id,
            "expire_date": "2026-01-01 00:00:00",
        },
        change=lambda target, me: {"expire_date": "2026-01-01 00:00:00"},
    ),
    Orm(
        "telephony.mightycall.status",
        "status",
        MINE,
        IS_MINE,
        write=MINE,
        create=CALLERS,
        delete=MINE,
        values=lambda target, me: {
            "extension_id": target.status_extension.id,
            "status": "away",
        },
        change=lambda target, me: {"status": "busy"},
    ),
]

ROWS = [
    Row(
        "telephony.pbx",
        "action_mightycall_test",
        ADMINISTRATORS,
        SETS_UP,
        on="account",
    ),
    Row("telephony.mightycall.status", "action_apply", MINE, IS_MINE, on="status"),
    Row("res.users", "action_mightycall_status", MINE, IS_MINE, is_own=True),
]
