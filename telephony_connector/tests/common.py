from datetime import datetime

from odoo.tests import new_test_user
from odoo.tests.common import TransactionCase

USER_GROUPS = (
    "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman,"
    "telephony_connector.group_telephony_user"
)


class TelephonyCommon(TransactionCase):
    """A telephone system with two extensions, their users, and a supervisor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": True,
                "no_reset_password": True,
            }
        )
        cls.france = cls.env.ref("base.fr")
        cls.pbx = cls.env["telephony.pbx"].create(
            {
                "name": "Test PBX",
                "host": "127.0.0.1",
                "username": "odoo",
                "secret": "test-secret",
                "country_id": cls.france.id,
                "connection_state": "connected",
            }
        )
        cls.alice = new_test_user(cls.env, "alice_t", groups=USER_GROUPS)
        cls.bruno = new_test_user(cls.env, "bruno_t", groups=USER_GROUPS)
        cls.outsider = new_test_user(cls.env, "outsider_t", groups="base.group_user")
        cls.supervisor = new_test_user(
            cls.env,
            "supervisor_t",
            groups=USER_GROUPS + ",telephony_connector.group_telephony_supervisor",
        )
        cls.ext_alice, cls.ext_bruno = cls.env["telephony.extension"].create(
            [
                {"number": "1001", "pbx_id": cls.pbx.id, "user_id": cls.alice.id},
                {"number": "1002", "pbx_id": cls.pbx.id, "user_id": cls.bruno.id},
            ]
        )

    def change(self, uniqueid="c1", revision=None, **values):
        """Return a change: of a whole call with ``revision``, else partial."""
        change = {"pbx_id": self.pbx.id, "uniqueid": uniqueid, **values}
        if revision is not None:
            change |= {"term": 1, "revision": revision}
        return change

    def apply(self, *changes):
        """Pass changes through the door; return the calls."""
        return self.env["telephony.call"]._apply(list(changes))

    def ring(self, uniqueid="c1", revision=1, number="+33612340001", to="1001"):
        """Return a call that comes in and rings one extension."""
        leg = {
            "uniqueid": f"{uniqueid}-{to}",
            "extension": to,
            "state": "ringing",
            "start_date": at(0),
        }
        return self.apply(
            self.change(
                uniqueid,
                revision,
                direction="inbound",
                state="ringing",
                number=number,
                extension=to,
                start_date=at(0),
                legs=[leg],
            )
        )

    def get_payload(self, call, user):
        """Return what the bus tells a user's web client of a call."""
        return call.env["telephony.client"]._prepare_payload(call, user)

    def get_agent_calls(self, user):
        """Return what a user's desktop agent missed while it was not connected."""
        return self.env["telephony.agent.token"].with_user(user)._get_calls()

    def answer_agent(self, call, claim):
        """Return what the desktop agent of the call's environment's user shows."""
        return call.env["telephony.agent.token"]._answer(call, claim)

    def claim_page(self, call):
        """Ask for the page of a call as its environment's user."""
        return call.env["telephony.client"].claim_page(call.id)

    def read_cards(self, calls):
        """Return the cards of calls as their environment's user sees them."""
        return calls.env["telephony.card"].read_cards(calls.ids)

    def read_card_details(self, calls):
        """Return what their cards say of the callers, to their environment's user."""
        return calls.env["telephony.card"].read_card_details(calls.ids)

    def control(self, call, *args, **kwargs):
        """Ask for a control of a call as its environment's user."""
        return call.env["telephony.client"].control(call.id, *args, **kwargs)


def at(seconds):
    """Return a moment of the tests' day, ``seconds`` after nine o'clock."""
    return datetime(2026, 3, 2, 9, seconds // 60, seconds % 60)
