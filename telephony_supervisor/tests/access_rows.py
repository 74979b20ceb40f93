"""The table of methods of this addon: see the base's ``access_rows``."""

from odoo.addons.telephony_connector.tests.access_rows import (
    ADMINISTRATORS,
    CALLS,
    MINE,
    SEES_CALLS,
    SETS_UP,
    SUPERVISORS,
    value,
)
from odoo.addons.telephony_connector.tests.common_access import NOBODY, Orm, Row

ORM = [
    Orm(
        "telephony.call.report",
        "report",
        CALLS,
        SEES_CALLS,
    ),
]

ROWS = [
    Row(
        "telephony.board",
        "get_state",
        "– – – – own own own",
        "supervisors see the board of their companies or teams",
        is_own=True,
    ),
    Row(
        "telephony.board",
        "get_changes",
        SUPERVISORS,
        "supervisors see the board of their companies or teams",
        args=lambda target, me: [target.call.ids, target.extension.ids],
        result=lambda found: found["calls"] + found["agents"],
    ),
    Row(
        "telephony.board",
        "act",
        SUPERVISORS,
        "supervisors give breaks to the agents that they see on the board",
        args=lambda target, me: [target.extension.id, "pause"],
    ),
    Row(
        "telephony.call.report",
        "get_dashboard",
        MINE,
        "figures of the calls that one sees",
        is_own=True,
    ),
    Row(
        "telephony.pbx",
        "action_acknowledge_spying",
        ADMINISTRATORS,
        SETS_UP,
        on="pbx",
        effect=value("pbx", "spy_user_id"),
    ),
    Row(
        "telephony.board",
        "onchange",
        NOBODY,
        "there is nothing to fill in",
        args=lambda target, me: [{}, [], {"display_name": {}}],
        result=lambda answer: ["answered", answer],
    ),
]

ROUTES = []
