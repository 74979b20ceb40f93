"""The table of methods: who can do what with each, and why.

The columns are those of ``common_access.ROLES``; docs/rights.md shows the table.
"""

from datetime import UTC, datetime

from ..controllers.api_schema import BASE
from .common_access import NOBODY, Orm, Route, Row

CALLS = "– – own all all all own"  # of oneself, of the team, of all
MINE = "– – own own own own own"
CALLERS = "– – all all all all own"  # all of the company
SUPERVISORS = "– – – – all all own"
RECORDS = "– own own own own own own"  # by the rights on one's own lead
ADMINISTRATORS = "– – – – – all own"

SEES_CALLS = "users see calls of their own and of their teams, supervisors all"
IS_MINE = "one's own alone"
OF_COMPANY = "whoever telephones needs the company's telephone systems"
SUPERVISES = "supervisors do it for the company"
SETS_UP = "administrators set up their companies' telephone systems"


def ids(sample):
    """Return a function for ``effect``: whether the sample is still there."""
    return lambda target: target[sample].exists().ids


def value(sample, name):
    """Return a function for ``effect``: a field's value."""
    return lambda target: target[sample][name]


def partner_field(target, name):
    """Return the id of a field of contacts."""
    return target.phone_field.env["ir.model.fields"]._get_ids("res.partner")[name]


ORM = [
    Orm(
        "telephony.agent.token",
        "agent_token",
        "– – own own own all own",
        "of one's own desktop agents; administrators of all in their companies",
        delete="– – own own own all own",
        values=lambda target, me: {
            "name": "Laptop",
            "user_id": me.user.id,
            "token_hash": "x",
        },
        change=lambda target, me: {"name": "Laptop"},
    ),
    Orm(
        "telephony.agent.token.new",
        "agent_token_new",
        MINE,
        IS_MINE,
        write=MINE,
        create=MINE,
        makes_own=True,
        change=lambda target, me: {"name": "Laptop"},
        values=lambda target, me: {"name": "Laptop"},
    ),
    Orm(
        "telephony.blocked.number",
        "blocked",
        SUPERVISORS,
        SUPERVISES,
        write=SUPERVISORS,
        create=SUPERVISORS,
        delete=SUPERVISORS,
        values=lambda target, me: {
            "number": "+33639980099",
            "company_id": target.company.id,
        },
        change=lambda target, me: {"reason": "nuisance"},
    ),
    Orm(
        "telephony.call",
        "call",
        CALLS,
        SEES_CALLS,
        delete=ADMINISTRATORS,
        delete_on="spare_call",
        values=lambda target, me: {"pbx_id": target.pbx.id, "uniqueid": "made"},
        change=lambda target, me: {"queue": "x"},
    ),
    Orm(
        "telephony.call.leg",
        "leg",
        CALLS,
        SEES_CALLS,
        values=lambda target, me: {"call_id": target.call.id, "uniqueid": "made"},
        change=lambda target, me: {"number": "x"},
    ),
    Orm(
        "telephony.call.pop",
        "opened_page",
        ADMINISTRATORS,
        "administrators see on which calls a page was opened",
        values=lambda target, me: {
            "call_id": target.call.id,
            "user_id": target.user.id,
        },
        change=lambda target, me: {"user_id": target.user.id},
    ),
    Orm(
        "telephony.command",
        "command",
        "– – own own own all own",
        "administrators see what was asked of their telephone systems",
        values=lambda target, me: {
            "pbx_id": target.pbx.id,
            "user_id": me.user.id,
            "action": "dial",
            "expire_date": "2026-01-01 00:00:00",
        },
        change=lambda target, me: {"state": "done"},
    ),
    Orm(
        "telephony.break.reason",
        "break_reason",
        "– – all all all all all",
        "reasons are shared by all companies",
        write="– – – – – all all",
        create="– – – – – all all",
        delete="– – – – – all all",
        values=lambda target, me: {"name": "Meeting"},
        change=lambda target, me: {"name": "Meeting"},
    ),
    Orm(
        "telephony.disposition",
        "disposition",
        "– – all all all all all",
        "results are shared by all companies",
        write="– – – – – all all",
        create="– – – – – all all",
        delete="– – – – – all all",
        values=lambda target, me: {"name": "Sold"},
        change=lambda target, me: {"name": "Sold"},
    ),
    Orm(
        "telephony.extension",
        "spare_extension",
        CALLERS,
        OF_COMPANY,
        write=ADMINISTRATORS,
        create=ADMINISTRATORS,
        delete=ADMINISTRATORS,
        values=lambda target, me: {"number": "1999", "pbx_id": target.pbx.id},
        change=lambda target, me: {"sequence": 3},
    ),
    Orm(
        "telephony.followup",
        "followup",
        CALLS,
        "missed callers are worked off by who is responsible, the team, supervisors",
        values=lambda target, me: {
            "company_id": target.company.id,
            "number": "+33639980088",
        },
        change=lambda target, me: {"state": "done"},
    ),
    Orm(
        "telephony.followup.dismissal",
        "dismissal",
        MINE,
        IS_MINE,
        write=MINE,
        create="– – all all all all all",
        delete=NOBODY,
        values=lambda target, me: {},
        change=lambda target, me: {"count": 1},
    ),
    Orm(
        "telephony.number",
        "index",
        NOBODY,
        "the index would tell who exists",
        values=lambda target, me: {
            "suffix": 1,
            "res_id": target.partner.id,
            "res_model": "res.partner",
            "number": "+33639980077",
            "field": "phone",
        },
        change=lambda target, me: {"number": "+33639980077"},
    ),
    Orm(
        "telephony.number.source",
        "source",
        NOBODY,
        "the index would tell who exists",
        values=lambda target, me: {"res_model": "res.users"},
        change=lambda target, me: {"is_done": True},
    ),
    Orm(
        "telephony.pbx",
        "pbx",
        CALLERS,
        OF_COMPANY,
        write=ADMINISTRATORS,
        create=ADMINISTRATORS,
        delete=ADMINISTRATORS,
        delete_on="spare_pbx",
        values=lambda target, me: {"name": "Third", "company_id": target.company.id},
        change=lambda target, me: {"ring_timeout": 20},
    ),
    Orm(
        "telephony.pbx.problem",
        "problem",
        ADMINISTRATORS,
        SETS_UP,
        values=lambda target, me: {
            "pbx_id": target.pbx.id,
            "kind": "list",
            "name": "made",
            "start_date": "2026-01-01 00:00:00",
            "last_date": "2026-01-01 00:00:00",
        },
        change=lambda target, me: {"count": 2},
    ),
    Orm(
        "telephony.pbx.setup",
        "setup",
        "– – – – – own own",
        IS_MINE,
        write="– – – – – own own",
        create=ADMINISTRATORS,
        delete="– – – – – own own",
        values=lambda target, me: {
            "pbx_id": target.spare_pbx.id,
            "company_id": target.company.id,
            "country_id": me.pbx.country_id.id,
        },
        change=lambda target, me: {"host": "192.0.2.1"},
    ),
    Orm(
        "telephony.pbx.setup.extension",
        "setup_line",
        "– – – – – own own",
        IS_MINE,
        write="– – – – – own own",
        create="– – – – – own own",
        delete="– – – – – own own",
        values=lambda target, me: {"setup_id": target.setup.id, "number": "1998"},
        change=lambda target, me: {"is_chosen": False},
    ),
    Orm(
        "telephony.phone",
        "phone",
        RECORDS,
        "other phone numbers are those of their contact or lead, by its rights",
        write=RECORDS,
        create=RECORDS,
        delete=RECORDS,
        values=lambda target, me: {
            "lead_id": target.lead.id,
            "number": "+33639980055",
        },
        change=lambda target, me: {"note": "before noon"},
    ),
    Orm(
        "telephony.phone.field",
        "phone_field",
        "– – – – – all all",
        "fields are the same in all companies",
        write="– – – – – all all",
        create="– – – – – all all",
        delete="– – – – – all all",
        values=lambda target, me: {
            "model_id": target.phone_field.model_id.id,
            "field_id": partner_field(target, "city"),
        },
        change=lambda target, me: {"field_id": partner_field(target, "zip")},
    ),
    Orm(
        "telephony.queue",
        "queue",
        CALLERS,
        OF_COMPANY,
        write=ADMINISTRATORS,
        create=ADMINISTRATORS,
        delete=ADMINISTRATORS,
        values=lambda target, me: {"name": "third", "pbx_id": target.pbx.id},
        change=lambda target, me: {"name": "renamed"},
    ),
    Orm(
        "telephony.record.call",
        "record_call",
        MINE,
        "the calls of a record are for those who may read that record",
        context=lambda target, me: {"telephony_record": ["crm.lead", target.lead.id]},
    ),
    Orm(
        "telephony.registration",
        "page",
        MINE,
        IS_MINE,
        write=MINE,
        create=CALLS,
        delete=MINE,
        values=lambda target, me: {"call_id": target.missed.id},
        change=lambda target, me: {"new_subject": "New"},
    ),
    Orm(
        "telephony.registration.match",
        "match",
        MINE,
        IS_MINE,
        values=lambda target, me: {
            "registration_id": target.page.id,
            "res_model": "res.partner",
            "res_id": target.partner.id,
        },
        change=lambda target, me: {"name": "x"},
    ),
    Orm(
        "telephony.token",
        "token",
        ADMINISTRATORS,
        SETS_UP,
        write=ADMINISTRATORS,
        create=ADMINISTRATORS,
        delete=ADMINISTRATORS,
        values=lambda target, me: {"name": "key", "pbx_id": target.pbx.id},
        change=lambda target, me: {"name": "renamed"},
    ),
    Orm(
        "telephony.webhook.event",
        "event",
        ADMINISTRATORS,
        SETS_UP,
        values=lambda target, me: {
            "pbx_id": target.pbx.id,
            "guid": "x",
            "date": "2026-01-01 00:00:00",
        },
        change=lambda target, me: {"guid": "x"},
    ),
]

ROWS = [
    # --- the desktop agent ---
    Row(
        "telephony.agent.token",
        "action_revoke",
        "– – own own own all own",
        "of one's own desktop agents; administrators of all in their companies",
        on="agent_token",
        effect=ids("agent_token"),
    ),
    Row(
        "telephony.agent.token.new",
        "make_token",
        MINE,
        "Odoo asks for the password first",
        on="agent_token_new",
        over_http=True,
    ),
    # --- calls ---
    Row(
        "ir.actions.server",
        "run",
        "– – all all all all own",
        "an administrator's action for all who may change the record: it calls from "
        "the responsible user's phone, with the right to call of both",
        on="dial_action",
        context=lambda target, me: {
            "active_model": "res.partner",
            "active_id": target.partner.id,
            "active_ids": target.partner.ids,
        },
        effect=lambda target: target.pbx.env["telephony.call"].search_count(
            [("pbx_id", "=", target.pbx.id)]
        ),
    ),
    Row(
        "telephony.call",
        "action_block_caller",
        SUPERVISORS,
        SUPERVISES,
        on="call",
    ),
    Row("telephony.call", "action_open_page", CALLS, SEES_CALLS, on="call"),
    Row(
        "telephony.call",
        "action_set_handled",
        CALLS,
        "whoever sees a missed call may say that it is settled",
        on="missed",
        effect=value("missed", "is_handled"),
    ),
    Row(
        "telephony.call",
        "register",
        "– – own own all all own",
        "those with a right to its content, as here, where the call has a recording",
        on="missed",
        kwargs=lambda target, me: {
            "record_model": "res.partner",
            "record_id": me.partner.id,
        },
        effect=lambda target: (
            target.missed.is_registered,
            target.missed.res_id,
        ),
    ),
    *(
        Row(
            "telephony.card",
            name,
            CALLS,
            SEES_CALLS,
            args=lambda target, me: [target.call.ids],
        )
        for name in ("read_card_details", "read_cards")
    ),
    Row(
        "telephony.client",
        "claim_page",
        "– – own own own own own",
        IS_MINE,
        args=lambda target, me: [target.call.id],
    ),
    Row(
        "telephony.card",
        "read_wrap_up",
        "– – own own own own own",
        "calls that one talked in",
        args=lambda target, me: [target.ended.id],
    ),
    Row(
        "telephony.card",
        "save_wrap_up",
        MINE,
        "calls on records that one may read, as telephony.call.register",
        args=lambda target, me: [target.ended.id, "said"],
    ),
    Row("telephony.agent", "get_state", MINE, IS_MINE, is_own=True),
    Row("telephony.agent", "pause", MINE, IS_MINE, is_own=True),
    Row("telephony.agent", "resume", MINE, IS_MINE, is_own=True),
    *(
        Row(
            "telephony.agent",
            name,
            CALLERS,
            "one's own extension, queues that the administrator opened to agents",
            args=lambda target, me: [target.queue.id],
        )
        for name in ("log_in", "log_out")
    ),
    Row(
        "telephony.client",
        "control",
        CALLS,
        "whoever sees that it rings may pick it up",
        args=lambda target, me: [
            target.call.id,
            "hangup" if target is me else "pickup",
        ],
    ),
    Row(
        "telephony.client",
        "dial",
        MINE,
        "from one's own extension, numbers of records that one may read",
        args=lambda target, me: [
            target.lead.phone,
            "crm.lead",
            target.lead.id,
            "phone",
        ],
    ),
    Row("telephony.client", "get_panel", MINE, IS_MINE, is_own=True),
    Row(
        "telephony.client",
        "get_parked",
        MINE,
        "calls that one may read",
        result=lambda parked: parked == [],
        is_own=True,
    ),
    Row(
        "telephony.client",
        "get_phone_state",
        MINE,
        IS_MINE,
        is_own=True,
    ),
    Row(
        "telephony.client",
        "search_callees",
        MINE,
        "records that one may read",
        args=lambda target, me: [target.lead.name],
    ),
    Row(
        "telephony.client",
        "search_customers",
        MINE,
        "records that one may read",
        args=lambda target, me: [target.lead.name],
    ),
    Row(
        "telephony.customer",
        "read_sections",
        MINE,
        "records that one may read, of each section what one may read",
        args=lambda target, me: ["crm.lead", target.lead.id],
    ),
    *(
        Row(
            model,
            "onchange",
            NOBODY,
            "there is nothing to fill in",
            args=lambda target, me: [{}, [], {"display_name": {}}],
            result=lambda answer: ["answered", answer],
        )
        for model in (
            "telephony.agent",
            "telephony.api",
            "telephony.card",
            "telephony.home",
            "telephony.client",
            "telephony.customer",
            "telephony.listener",
            "telephony.retention",
            "telephony.text",
            "telephony.timeline",
        )
    ),
    Row(
        "telephony.command",
        "check",
        "– – own own own all own",
        "administrators see what was asked of their telephone systems",
        on="command",
    ),
    # --- missed callers ---
    Row(
        "telephony.followup",
        "action_done",
        CALLS,
        "missed callers are worked off by who is responsible, the team, supervisors",
        on="followup",
        effect=value("followup", "state"),
    ),
    Row(
        "telephony.followup",
        "action_dismiss_unknown",
        CALLS,
        "asks before whom one sees is dismissed",
        on="followup",
    ),
    Row(
        "telephony.followup.dismissal",
        "action_dismiss",
        MINE,
        "dismisses whom one sees alone",
        on="dismissal",
        effect=value("followup", "state"),
    ),
    # --- telephone systems ---
    Row("telephony.pbx", "action_download_3cx", ADMINISTRATORS, SETS_UP, on="pbx"),
    Row("telephony.pbx", "action_find_extensions", ADMINISTRATORS, SETS_UP, on="pbx"),
    Row(
        "telephony.pbx",
        "action_new_token",
        ADMINISTRATORS,
        SETS_UP,
        on="pbx",
        effect=lambda target: target.pbx.token_ids.ids,
    ),
    Row(
        "telephony.pbx",
        "action_reconnect",
        ADMINISTRATORS,
        SETS_UP,
        on="pbx",
        effect=value("pbx", "try_date"),
    ),
    Row(
        "telephony.pbx",
        "action_renew_webhook",
        ADMINISTRATORS,
        SETS_UP,
        on="pbx",
        effect=value("pbx", "webhook_token"),
    ),
    Row("telephony.pbx", "action_take_over", ADMINISTRATORS, SETS_UP, on="pbx"),
    Row("telephony.pbx.setup", "action_back", "– – – – – own own", IS_MINE, on="setup"),
    Row(
        "telephony.pbx.setup",
        "action_connect",
        "– – – – – own own",
        IS_MINE,
        on="setup",
        effect=value("setup", "step"),
    ),
    Row(
        "telephony.pbx.setup",
        "action_finish",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
        effect=lambda target: target.spare_pbx.extension_ids.ids,
    ),
    Row(
        "telephony.pbx.setup",
        "action_look",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
    ),
    Row(
        "telephony.pbx.setup",
        "action_next",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
    ),
    Row(
        "telephony.pbx.setup",
        "action_open_pbx",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
    ),
    Row(
        "telephony.pbx.setup",
        "action_new_token",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
        effect=lambda target: target.spare_pbx.token_ids.ids,
    ),
    Row(
        "telephony.pbx.setup",
        "action_download_3cx",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
    ),
    Row(
        "telephony.pbx.setup",
        "action_ring",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
        effect=value("known_setup", "test_call_id"),
    ),
    Row(
        "telephony.pbx.setup",
        "action_store",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
        effect=value("known_setup", "step"),
    ),
    Row(
        "telephony.pbx.setup",
        "action_test",
        "– – – – – own own",
        IS_MINE,
        on="setup",
        effect=value("setup", "findings"),
    ),
    Row(
        "telephony.extension",
        "action_grant_right",
        ADMINISTRATORS,
        SETS_UP,
        on="idle_extension",
        effect=value("idle_extension", "user_lacks_right"),
    ),
    Row(
        "telephony.pbx.setup",
        "action_use_lines",
        "– – – – – own own",
        IS_MINE,
        on="known_setup",
        effect=value("spare_pbx", "dial_string"),
    ),
    Row(
        "telephony.record.call",
        "action_open_call",
        MINE,
        "the calls of a record are for those who may read that record",
        on="record_call",
        context=lambda target, me: {"telephony_record": ["crm.lead", target.lead.id]},
    ),
    # --- a call's page ---
    *(
        Row("telephony.registration", name, MINE, IS_MINE, on="page", effect=effect)
        for name, effect in {
            "action_choose_other": value("page", "object_ref"),
            "action_new": value("page", "object_ref"),
            "action_next_call": value("page", "next_activity_type_id"),
            "action_next_email": value("page", "next_activity_type_id"),
            "action_next_meeting": value("page", "next_activity_type_id"),
            "action_open_object": None,
            "action_load_saved": value("page", "is_taken_over"),
            "action_save": value("spare_call", "is_registered"),
            "action_take_over": value("page", "is_taken_over"),
        }.items()
    ),
    Row(
        "telephony.registration",
        "open_for_call",
        CALLS,
        SEES_CALLS,
        args=lambda target, me: [target.call.id],
    ),
    Row(
        "telephony.registration",
        "open_from_url",
        CALLS,
        SEES_CALLS,
        args=lambda target, me: [{"call": str(target.call.id)}],
    ),
    Row(
        "telephony.registration",
        "add_note",
        CALLS,
        SEES_CALLS,
        args=lambda target, me: [target.call.id, "Wants an offer"],
        effect=lambda target: (
            target.call.stored_note,
            target.call.registration_revision,
        ),
    ),
    Row("telephony.registration.match", "action_choose", MINE, IS_MINE, on="match"),
    Row(
        "telephony.registration.match",
        "action_choose_none",
        MINE,
        IS_MINE,
        context=lambda target, me: {"active_id": target.page.id},
    ),
    # --- keys ---
    Row(
        "telephony.token",
        "action_revoke",
        ADMINISTRATORS,
        SETS_UP,
        on="token",
        effect=ids("token"),
    ),
    Row(
        "telephony.token",
        "action_rotate",
        ADMINISTRATORS,
        SETS_UP,
        on="token",
        effect=value("token", "expire_date"),
    ),
    *(
        Row(
            model,
            "onchange",
            cells,
            "shows what the request itself brings along",
            args=lambda target, me: [{}, [], {"token": {}}],
            context=lambda target, me: {"default_token": "of one's own"},
            is_own=True,
        )
        for model, cells in {
            "telephony.agent.token.show": MINE,
            "telephony.token.show": "– – – – – own own",
        }.items()
    ),
    # --- Odoo's models ---
    Row(
        "res.users",
        "get_telephony_presences",
        MINE,
        "presence is for those who telephone, of the users whom they see",
        is_own=True,
    ),
    Row(
        "res.partner",
        "action_view_telephony_calls",
        "– all all all all all own",
        "the calls of a record are for those who may read that record; without a "
        "telephony right the list is empty",
        on="partner",
    ),
    Row(
        "crm.lead",
        "action_view_telephony_calls",
        "– own own own own own own",
        "the calls of a record are for those who may read that record; without a "
        "telephony right the list is empty",
        on="lead",
    ),
    Row(
        "res.partner",
        "unlink",
        "– all all all all all own",
        "Odoo's own rights",
        on="partner",
        effect=ids("partner"),
    ),
    Row(
        "crm.lead",
        "unlink",
        NOBODY,
        "Odoo's own rights",
        on="lead",
        effect=ids("lead"),
    ),
    Row(
        "mail.activity",
        "write",
        "– own own own own own own",
        "Odoo's own rights",
        on="activity",
        args=lambda target, me: [{"summary": "x"}],
        effect=value("activity", "summary"),
    ),
    Row(
        "mail.activity",
        "unlink",
        "– own own own own own own",
        "Odoo's own rights",
        on="activity",
        effect=ids("activity"),
    ),
    Row(
        "ir.http",
        "session_info",
        "own own own own own own own",
        "Odoo's own start of a session",
        is_own=True,
        over_http=True,
    ),
]


def build_mail_rows(model, sample, cells):
    """Return the rows of what a model with a chatter has of Odoo's `mail.thread`.

    :param cells: who may post there
    """
    values = {"pbx_id": None, "uniqueid": "mail", "company_id": None, "number": "1"}
    mail = "From: x@example.com\nTo: y@example.com\nSubject: {}\nMessage-Id: <{}>\n\nx"

    def new_values(target):
        known = {"pbx_id": target.pbx.id, "company_id": target.company.id}
        fields = {name: known.get(name, value) for name, value in values.items()}
        return {k: v for k, v in fields.items() if k in target[sample]._fields}

    followers = "message_follower_ids"
    followed = f"followed_{sample}"
    return [
        Row(
            model,
            "message_post",
            cells,
            "whoever may see it may write a note in its chatter",
            on=sample,
            kwargs=lambda target, me: {"body": "x"},
            effect=lambda target: target[sample].message_ids.ids,
        ),
        Row(
            model,
            "message_post_with_source",
            cells,
            "whoever may see it may write a note in its chatter",
            on=sample,
            args=lambda target, me: ["mail.message_origin_link"],
            kwargs=lambda target, me: {
                "render_values": {"self": target[sample], "origin": target[sample]}
            },
            effect=lambda target: target[sample].message_ids.ids,
        ),
        Row(
            model,
            "message_notify",
            SEES,
            "whoever may see it may point others to it",
            on=sample,
            kwargs=lambda target, me: {
                "body": "x",
                "partner_ids": me.user.partner_id.ids,
            },
        ),
        Row(
            model,
            "message_subscribe",
            SEES,
            "whoever may see it may follow it",
            on=sample,
            args=lambda target, me: [me.user.partner_id.ids],
            effect=lambda target: target[sample][followers].partner_id.ids,
        ),
        Row(
            model,
            "message_unsubscribe",
            "– own own own own own own",
            "everybody may stop to follow",
            on=followed,
            args=lambda target, me: [target.user.partner_id.ids],
            effect=lambda target: target[followed][followers].ids,
        ),
        Row(
            model,
            "message_get_followers",
            "– all all all all all all",
            "Odoo shows every employee who follows a record, nothing else of it",
            on=sample,
        ),
        Row(
            model,
            "message_new",
            NOBODY,
            "no mail makes one",
            args=lambda target, me: [
                {"subject": "x", "email_from": "x@example.com"},
                new_values(target),
            ],
            is_barred=True,
        ),
        Row(
            model,
            "message_update",
            NOBODY,
            "no mail changes one",
            on=sample,
            args=lambda target, me: [{}, {"number": "x"}],
            is_barred=True,
        ),
        Row(
            model,
            "message_process",
            NOBODY,
            "no mail makes one",
            args=lambda target, me: [
                model,
                mail.format(me.role, me.role),
                new_values(target),
            ],
            is_barred=True,
        ),
        Row(
            model,
            "notify_cancel_by_type",
            MINE,
            "one's own failed mails alone",
            args=lambda target, me: ["email"],
            is_own=True,
        ),
    ]


SEES = CALLS
ROWS += build_mail_rows("telephony.followup", "followup", CALLS)
ROWS += [
    Row(
        "telephony.followup",
        "activity_schedule",
        CALLS,
        "whoever may see it may plan what is to be done",
        on="followup",
        args=lambda target, me: ["mail.mail_activity_data_call"],
    ),
    Row(
        "telephony.followup",
        "activity_search",
        "– own own all all all own",
        "one's own activities, and those on what one may see",
        on="followup",
        args=lambda target, me: [["mail.mail_activity_data_call"]],
    ),
    *(
        Row(
            "telephony.followup",
            name,
            "– own own own own own own",
            "one's own activities",
            on="followup",
            args=lambda target, me: [["mail.mail_activity_data_call"], me.user.id],
            kwargs=lambda target, me, options=options: dict(options),
            effect=lambda target: (
                target.activity.exists().active,
                target.activity.exists().date_deadline,
            ),
        )
        for name, options in {
            "activity_feedback": {},
            "activity_reschedule": {"date_deadline": "2030-01-01"},
            "activity_unlink": {},
        }.items()
    ),
    *(
        Row(
            "telephony.followup",
            f"action_reschedule_my_next_{day}",
            MINE,
            "one's own activities",
            on="followup",
            effect=value("activity", "date_deadline"),
        )
        for day in ("today", "tomorrow", "nextweek")
    ),
]


def key(world):
    """Return the API token that an administrator has made, another one has none."""
    return world.api_token if world.role in ("administrator", "elsewhere") else "x"


ROUTES = [
    Route(
        "/telephony/call",
        MINE,
        "from one's own extension, numbers of records that one may read",
        body=lambda target, me: {
            "number": target.lead.phone,
            "model": "crm.lead",
            "res_id": target.lead.id,
            "field": "phone",
        },
        is_jsonrpc=True,
    ),
    *(
        Route(
            f"/telephony/{direction}",
            "own own own own own own own",
            "leads to the web client with what the address says; the page itself asks",
            query=lambda target, me: {"call": target.call.id},
            is_own=True,
        )
        for direction in ("incoming", "outgoing")
    ),
    Route(
        "/telephony/agent/hello",
        MINE,
        "by the key of one's own desktop agent",
        key=lambda world: world.agent_key,
        body=lambda target, me: {},
        is_own=True,
    ),
    Route(
        "/telephony/agent/call",
        CALLS,
        SEES_CALLS,
        key=lambda world: world.agent_key,
        body=lambda target, me: {"call": target.call.id, "claim": False},
    ),
    Route(
        "/telephony/webhook/<string:token>",
        "– – – – – all own",
        "a telephone system, by its own secret",
        values=lambda target, me: {"token": target.remote.webhook_token},
        body=lambda target, me: {
            "guid": f"guid {me.role}",
            "secret": me.webhook_key if key(me) != "x" else "x",
            "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
            "told": [],
        },
    ),
    Route(
        f"{BASE}/openapi.json",
        "all all all all all all all",
        "the description of the API tells nothing of anybody",
    ),
    Route(
        f"{BASE}/calls",
        "– – – – – own own",
        "a telephone system, by its own token",
        key=key,
        body=lambda target, me: {"id": "new", "direction": "inbound"},
        is_own=True,
    ),
    Route(
        f"{BASE}/calls/<string:uniqueid>",
        "– – – – – all own",
        "a telephone system's own calls, by its own token",
        key=key,
        values=lambda target, me: {"uniqueid": target.call.uniqueid},
    ),
    Route(
        f"{BASE}/calls/<string:uniqueid>"
        "/<any(ringing, answered, ended, recording, show, hide):name>",
        "– – – – – own own",
        "a telephone system's own calls, by its own token; a call begins with whatever "
        "is told of it first",
        key=key,
        values=lambda target, me: {"uniqueid": "new", "name": "ended"},
        body=lambda target, me: {},
        is_own=True,
    ),
    Route(
        f"{BASE}/records",
        "– – – – – all own",
        "a telephone system, by its own token: records of its company",
        key=key,
        query=lambda target, me: {"number": target.partner.phone},
        result=lambda answer: answer["records"],
    ),
    Route(
        "/telephony/lookup",
        "– – – – – all own",
        "a telephone system, by its own token: callers of its company",
        key=key,
        query=lambda target, me: {"number": target.partner.phone},
        result=lambda answer: answer["name"],
    ),
    Route(
        "/telephony/pbx/<int:pbx_id>/3cx.xml",
        ADMINISTRATORS,
        SETS_UP,
        values=lambda target, me: {"pbx_id": target.pbx.id},
    ),
]

# What no request can bring arguments for, and what describes; of `mail.thread`.
BEYOND_REQUESTS = {
    "message_change_thread": "takes a recordset",
    "message_mail_with_source": "takes a recordset of templates or the name of a view, "
    "and posts as message_post does",
    "message_parse": "takes a parsed mail",
    "message_route": "takes a parsed mail",
    "activity_send_mail": "posts as message_post does",
}
