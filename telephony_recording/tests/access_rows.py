"""The table of methods of this addon: see the base's ``access_rows``."""

from odoo.addons.telephony_connector.tests.access_rows import (
    ADMINISTRATORS,
    IS_MINE,
    SUPERVISES,
    SUPERVISORS,
    build_mail_rows,
    value,
)
from odoo.addons.telephony_connector.tests.common_access import NOBODY, Orm, Route, Row

ORM = [
    Orm(
        "telephony.legal.hold",
        "hold",
        "– – – – own own own",
        IS_MINE,
        write="– – – – own own own",
        create=SUPERVISORS,
        delete="– – – – own own own",
        values=lambda target, me: {"reason": "x", "call_ids": target.ended.ids},
        change=lambda target, me: {"reason": "dispute"},
    ),
    Orm(
        "telephony.recording.rule",
        "rule",
        SUPERVISORS,
        "supervisors see how long recordings are kept, administrators decide",
        write=ADMINISTRATORS,
        create=ADMINISTRATORS,
        delete=ADMINISTRATORS,
        values=lambda target, me: {"company_id": target.company.id},
        change=lambda target, me: {"days": 30},
    ),
]

ROWS = [
    Row(
        "telephony.call",
        "action_delete_recording",
        SUPERVISORS,
        SUPERVISES,
        on="ended",
        effect=value("ended", "recording_state"),
    ),
    Row(
        "telephony.call",
        "action_fetch_recording",
        SUPERVISORS,
        SUPERVISES,
        on="missed",
        effect=value("missed", "recording_state"),
    ),
    Row(
        "telephony.legal.hold",
        "action_apply",
        "– – – – own own own",
        SUPERVISES,
        on="hold",
        effect=value("ended", "legal_hold"),
    ),
    *build_mail_rows("telephony.call", "call", NOBODY),
]

ROUTES = [
    Route(
        "/telephony/recording/<int:call_id>",
        "– – own own all all own",
        "those who took part, those who may read the record that the call is "
        "registered on, and supervisors",
        values=lambda target, me: {"call_id": target.ended.id},
    ),
]
