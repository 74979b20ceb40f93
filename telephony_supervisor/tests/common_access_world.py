from odoo.addons.telephony_connector.tests.access_world import AccessWorldCase


class SupervisorWorldCase(AccessWorldCase):
    """The records of this addon beside those of the base, of every user."""

    @classmethod
    def build_calls(cls, world):
        made = super().build_calls(world)
        report = cls.env["telephony.call.report"]
        return made | {
            "report": report.browse(made["ended"].id),
            "digest": cls.env.ref("digest.digest_digest_default"),
        }
