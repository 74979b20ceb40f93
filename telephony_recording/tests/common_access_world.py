from odoo import Command

from odoo.addons.telephony_connector.tests.access_world import AccessWorldCase


class RecordingWorldCase(AccessWorldCase):
    """The records of this addon beside those of the base, of every user."""

    @classmethod
    def build_place(cls, company):
        rule = cls.make("telephony.recording.rule", company_id=company.id)
        return super().build_place(company) | {"rule": rule}

    @classmethod
    def build_calls(cls, world):
        made = super().build_calls(world)
        url = f"https://127.0.0.1/{world.role}.wav"
        made["ended"].stored_recording_url = url
        made["ended"]._store_recording(b"sound of it", "audio/x-wav")
        made["missed"].write({"recording_state": "failed", "stored_recording_url": url})
        return made

    @classmethod
    def build_work(cls, world):
        made = super().build_work(world)
        made["hold"] = cls.make(
            "telephony.legal.hold",
            world.user,
            call_ids=[Command.set(world.ended.ids)],
            reason=world.secret,
        )
        # Who follows a record may post there, whatever else they may do.
        world.ended.message_subscribe(world.user.partner_id.ids)
        made["followed_call"] = world.ended
        return made
