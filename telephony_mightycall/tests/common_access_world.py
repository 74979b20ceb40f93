from unittest.mock import patch

from odoo import fields

from odoo.addons.telephony_connector.tests.access_world import AccessWorldCase

from ..providers.mightycall import MightyCallProvider
from .common_mightycall import ACCOUNT


class MightyCallWorldCase(AccessWorldCase):
    """The records of this addon beside those of the base, of every user."""

    def setUp(self):
        super().setUp()
        for name, answer in (
            ("test", lambda provider: ["+33199000001"]),
            ("read_status", lambda *args: "available"),
            ("write_status", lambda *args: None),
        ):
            self.enterContext(patch.object(MightyCallProvider, name, answer))

    @classmethod
    def build_place(cls, company):
        account = cls.make(
            "telephony.pbx",
            name=f"MightyCall of {company.name}",
            company_id=company.id,
            country_id=cls.france.id,
            **ACCOUNT,
        )
        return super().build_place(company) | {
            "account": account,
            "request": cls.make(
                "telephony.mightycall.request",
                pbx_id=account.id,
                name="ask",
                date=fields.Datetime.now(),
            ),
            "session": cls.make(
                "telephony.mightycall.session",
                pbx_id=account.id,
                expire_date=fields.Datetime.now(),
            ),
        }

    @classmethod
    def build_work(cls, world):
        made = super().build_work(world)
        made["status_extension"] = cls.make(
            "telephony.extension",
            number=f"12{world.extension.number[2:]}",
            pbx_id=world.account.id,
            user_id=world.user.id,
            sequence=9,
        )
        made["status"] = cls.make(
            "telephony.mightycall.status",
            world.user,
            extension_id=made["status_extension"].id,
            status="away",
        )
        return made
