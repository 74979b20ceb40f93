"""The records on which the matrix of methods is tried: one of every kind a user."""

import hashlib
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user

from ..engine.texts import text
from ..listener.check import Finding
from ..listener.discover import Found, FoundExtension
from ..wizards import telephony_pbx_setup
from .common_access import ROLES, AccessMatrixCase, World
from .common_provider import CODE, choosing_webhooks

GROUP = "telephony_connector.group_telephony_"
EMPLOYEE = (
    "base.group_user,base.group_partner_manager,base.group_allow_export,"
    "sales_team.group_sale_salesman"
)
USER = f"{EMPLOYEE},{GROUP}user"
GROUPS = {
    "portal": "base.group_portal,base.group_allow_export",
    "employee": EMPLOYEE,
    "user": USER,
    "teammate": USER,
    "supervisor": f"{EMPLOYEE},{GROUP}supervisor",
    "administrator": f"{EMPLOYEE},{GROUP}administrator",
    "elsewhere": f"{EMPLOYEE},{GROUP}administrator",
    "system": f"{EMPLOYEE},base.group_system",
}


class AccessWorldCase(AccessMatrixCase):
    """Alice, whose records others try to get at, and a user of every role.

    For a `TransactionCase`. Only what leaves the machine is replaced: the telephone
    systems themselves, and the listener that would lead them.
    """

    further_roles = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": True, "lang": "en_US"}
        )
        cls.classPatch(*choosing_webhooks(cls.registry))
        cls.france = cls.env.ref("base.fr")
        cls.company = cls.env.company
        cls.company.country_id = cls.france
        cls.elsewhere = cls.env["res.company"].create(
            {"name": "Elsewhere", "country_id": cls.france.id}
        )
        cls.places = {
            company: cls.build_place(company)
            for company in (cls.company, cls.elsewhere)
        }
        field = cls.env["ir.model.fields"]._get("res.partner", "ref")
        cls.phone_field = cls.env["telephony.phone.field"].create(
            {"model_id": field.model_id.id, "field_id": field.id}
        )
        cls.disposition = cls.env["telephony.disposition"].create({"name": "Settled"})
        cls.break_reason = cls.env["telephony.break.reason"].create({"name": "Lunch"})
        cls.worlds = {}
        roles = ("owner", *ROLES, *cls.further_roles)
        users = {role: cls.build_user(role) for role in roles}
        cls.env["crm.team"].create(
            {
                "name": "Team of the owner",
                "company_id": cls.company.id,
                "member_ids": [Command.set((users["owner"] | users["teammate"]).ids)],
            }
        )
        for index, (role, user) in enumerate(users.items()):
            cls.worlds[role] = cls.build(role, user, index)
        cls.owner = cls.worlds.pop("owner")
        cls.env["telephony.number"]._process_pending()
        cls.env.flush_all()
        cls.env.invalidate_all()

    def setUp(self):
        super().setUp()
        found = Found({"1799": FoundExtension("1799", ("PJSIP/1799",))}, ["new"])
        reached = Finding(True, text("check_read"))
        for target, name, answer in (
            (self.registry["telephony.pbx"], "_has_leader", lambda pbx: True),
            (
                telephony_pbx_setup,
                "check_now",
                lambda _: [reached],
            ),
            (telephony_pbx_setup, "discover_now", lambda _: found),
        ):
            self.patch(target, name, answer)

    def patch(self, target, name, value):
        """Replace an attribute until the test ends."""
        self.enterContext(patch.object(target, name, value))

    @classmethod
    def build_user(cls, role):
        """Create the user of a role."""
        company = cls.elsewhere if role == "elsewhere" else cls.company
        return new_test_user(
            cls.env,
            f"{role}_m",
            groups=GROUPS.get(role, USER),
            name=f"The {role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def build_place(cls, company):
        """Create a company's telephone systems, and what belongs to the company."""
        pbx, spare, remote = cls.env["telephony.pbx"].create(
            [
                {
                    "name": f"{name} of {company.name}",
                    "company_id": company.id,
                    "country_id": cls.france.id,
                    "connection_state": "connected",
                    **values,
                }
                for name, values in {
                    "Asterisk": {
                        "host": "127.0.0.1",
                        "username": "odoo",
                        "secret": "not to be told",
                        "pickup_code": "**",
                        "allowed_actions": "Hangup Originate QueueAdd QueuePause "
                        "QueueRemove Redirect",
                    },
                    "Spare": {"host": "127.0.0.1"},
                    "Remote": {
                        "provider": CODE,
                        "host": "pbx.example.com",
                        "secret": f"key of {company.name}",
                    },
                }.items()
            ]
        )
        make = cls.make
        action = cls.env["telephony.token"]._issue(pbx)
        return {
            "pbx": pbx,
            "webhook_key": f"key of {company.name}",
            "api_token": action["context"]["default_token"],
            "spare_pbx": spare,
            "remote": remote,
            "company": company,
            "token": make("telephony.token", pbx_id=pbx.id, name="key"),
            "queue": make(
                "telephony.queue", pbx_id=pbx.id, name="sales", is_self_service=True
            ),
            "dial_action": make(
                "ir.actions.server",
                name="Call",
                model_id=cls.env["ir.model"]._get_id("res.partner"),
                state="telephony_dial",
            ),
            "problem": make(
                "telephony.pbx.problem",
                pbx_id=pbx.id,
                kind="list",
                name="ExtensionStateList",
                start_date=fields.Datetime.now(),
                last_date=fields.Datetime.now(),
            ),
            "event": make(
                "telephony.webhook.event",
                pbx_id=pbx.id,
                guid="g",
                date=fields.Datetime.now(),
            ),
        }

    @classmethod
    def make(cls, model, user=None, **values):
        """Create a record by superuser, in the name of a user."""
        records = cls.env[model]
        return (records.with_user(user) if user else records).sudo().create(values)

    @classmethod
    def build(cls, role, user, index):
        """Create one record of every kind that is the user's own."""
        place = cls.places[user.company_id]
        secret = f"what was said to {role}"
        numbers = {"phone": f"+3361234{index:02}01", "text": f"061234{index:02}01"}
        world = World(
            place, role=role, user=user, secret=secret, number=numbers["phone"]
        )
        pbx, make = place["pbx"], cls.make
        world.update(
            partner=make(
                "res.partner",
                name=f"Contact of {role}",
                user_id=user.id,
                company_id=user.company_id.id,
                phone=f"+3361234{index:02}02",
            ),
            lead=make(
                "crm.lead",
                name=f"Deal of {role}",
                type="opportunity",
                user_id=user.id,
                company_id=user.company_id.id,
                phone=numbers["phone"],
            ),
            extension=make(
                "telephony.extension",
                number=f"11{index:02}",
                pbx_id=pbx.id,
                user_id=user.id,
                sequence=1,
            ),
            idle_extension=make(
                "telephony.extension",
                number=f"19{index:02}",
                pbx_id=pbx.id,
                user_id=new_test_user(
                    cls.env,
                    f"idle_{index}",
                    company_id=user.company_id.id,
                    company_ids=[Command.set(user.company_id.ids)],
                ).id,
            ),
            spare_extension=make(
                "telephony.extension", number=f"13{index:02}", pbx_id=pbx.id
            ),
            break_reason=cls.break_reason,
            disposition=cls.disposition,
            phone_field=cls.phone_field,
            cron=cls.env.ref("telephony_connector.ir_cron_listener"),
            settings=make("res.config.settings", user),
            user_settings=cls.env["res.users.settings"]._find_or_create_for_user(user),
            action=make(
                "ir.actions.server",
                name=f"Call of {role}",
                model_id=cls.env["ir.model"]._get_id("crm.lead"),
                state="telephony_dial",
                telephony_user_id=user.id,
            ),
        )
        world.update(cls.build_calls(world))
        world.update(cls.build_work(world))
        return world

    @classmethod
    def build_calls(cls, world):
        """Create calls: one that rings, one with a message, one that is over."""
        now = fields.Datetime.now()
        calls = {
            "call": {"state": "ringing"},
            "missed": {"state": "ended", "outcome": "missed", "end_date": now},
            "ended": {
                "state": "ended",
                "outcome": "answered",
                "answer_date": now,
                "end_date": now + timedelta(seconds=60),
            },
            "spare_call": {
                "state": "ended",
                "outcome": "answered",
                "answer_date": now,
                "end_date": now,
            },
        }
        made = {}
        for name, values in calls.items():
            leg_state = "ringing" if name == "call" else "ended"
            made[name] = cls.env["telephony.call"]._apply(
                [
                    {
                        "pbx_id": world.pbx.id,
                        "uniqueid": f"{world.role}-{name}",
                        "term": 1,
                        "revision": 1,
                        "direction": "inbound",
                        "number": world.number,
                        "caller_name": f"name {world.secret}",
                        "extension": world.extension.number,
                        "start_date": now,
                        "legs": [
                            {
                                "uniqueid": f"{world.role}-{name}-1",
                                "extension": world.extension.number,
                                "state": leg_state,
                                "start_date": now,
                            }
                        ],
                        **values,
                    }
                ]
            )
        made["missed"].write({"user_ids": [Command.set(world.user.ids)]})
        ended = made["ended"]
        ended._set_object(world.lead)
        ended.write(
            {
                "is_registered": True,
                "stored_note": f"<p>{world.secret}</p>",
            }
        )
        # Something that can be heard: it is not for everybody who sees the call.
        made["missed"].voicemail = True
        made["leg"] = made["call"].leg_ids
        made["leg"].channel = f"PJSIP/{world.extension.number}-1"
        made["record_call"] = cls.env["telephony.record.call"].browse(ended.id)
        return made

    @classmethod
    def build_work(cls, world):
        """Create the user's drafts, commands, keys and missed callers."""
        user, make, pbx = world.user, cls.make, world.pbx
        agent_key = f"tca_{world.role}"
        followup = make(
            "telephony.followup",
            company_id=user.company_id.id,
            pbx_id=pbx.id,
            number=world.number,
            user_id=user.id,
        )
        world.missed.followup_id = followup
        followup.activity_id = followup.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=user.id,
            summary=world.secret,
            telephony_followup_id=followup.id,
        )
        followup.activity_id.date_deadline += timedelta(days=20)
        # Who follows a record may post there, whatever else they may do.
        followup.message_follower_ids.unlink()
        followed = make(
            "telephony.followup",
            company_id=user.company_id.id,
            number=f"{world.number}1",
            user_id=user.id,
        )
        followed.message_subscribe(user.partner_id.ids)
        page = make(
            "telephony.registration",
            user,
            call_id=world.spare_call.id,
            pbx_id=pbx.id,
            object_ref=f"res.partner,{world.partner.id}",
            note=f"<p>{world.secret}</p>",
        )
        setup = make(
            "telephony.pbx.setup",
            user,
            country_id=cls.france.id,
            company_id=user.company_id.id,
            system="freepbx",
            host="127.0.0.1",
            name=f"New system of {world.role}",
        )
        setup_of_known = make(
            "telephony.pbx.setup",
            user,
            country_id=cls.france.id,
            company_id=user.company_id.id,
            system="freepbx",
            host="127.0.0.1",
            pbx_id=world.spare_pbx.id,
            own_number=f"15{world.extension.number[2:]}",
            queues="support",
        )
        return {
            "followup": followup,
            "followed_followup": followed,
            "activity": followup.activity_id,
            "page": page,
            "match": make(
                "telephony.registration.match",
                user,
                registration_id=page.id,
                res_model="res.partner",
                res_id=world.partner.id,
                name=world.secret,
            ),
            "setup": setup,
            "known_setup": setup_of_known,
            "setup_line": make(
                "telephony.pbx.setup.extension",
                user,
                setup_id=setup_of_known.id,
                number=f"14{world.extension.number[2:]}",
            ),
            "dismissal": make("telephony.followup.dismissal", user),
            "command": make(
                "telephony.command",
                pbx_id=pbx.id,
                user_id=user.id,
                action="dial",
                answer=world.secret,
                expire_date=fields.Datetime.now() + timedelta(seconds=60),
            ),
            "agent_key": agent_key,
            "agent_token": make(
                "telephony.agent.token",
                name=world.secret,
                user_id=user.id,
                token_hash=hashlib.sha256(agent_key.encode()).hexdigest(),
            ),
            "agent_token_new": make(
                "telephony.agent.token.new", user, name=world.secret
            ),
            "blocked": make(
                "telephony.blocked.number",
                number=f"+3361239{world.extension.number}",
                reason=world.secret,
                company_id=user.company_id.id,
            ),
            "phone": make(
                "telephony.phone",
                lead_id=world.lead.id,
                number=f"+3361238{world.extension.number}",
                note=world.secret,
            ),
            "opened_page": make(
                "telephony.call.pop", call_id=world.missed.id, user_id=user.id
            ),
            "index": cls.env["telephony.number"].search(
                [("res_model", "=", "res.partner"), ("res_id", "=", world.partner.id)]
            ),
            "source": cls.env["telephony.number.source"].search([], limit=1),
        }
