from odoo.addons.telephony_connector.tests.common import TelephonyCommon, at

from .recording_server import Answer, RecordingServer, make_sound

SOUND = make_sound()
PATH = "/var/spool/asterisk/monitor/2026/03/02/in-1.wav"
LOGIN = ("odoo", "web-secret")


class RecordingCommon(TelephonyCommon):
    """A telephone system with a web folder of recordings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = RecordingServer(LOGIN)
        cls.addClassCleanup(cls.server.close)
        cls.pbx.write(
            {
                "recording_pattern": f"{cls.server.url}/monitor/{{path}}",
                "voicemail_pattern": f"{cls.server.url}/voicemail/{{message}}.wav",
                "recording_username": LOGIN[0],
                "recording_secret": LOGIN[1],
            }
        )

    def setUp(self):
        super().setUp()
        self.server.requests.clear()
        self.server.login = LOGIN
        self.server.files = {
            "/monitor/2026/03/02/in-1.wav": Answer(SOUND),
            "/voicemail/default/1001/INBOX/msg0000.wav": Answer(SOUND),
        }

    def recorded(self, uniqueid="r1", revision=9, **values):
        """Return an ended call with a recording."""
        return self.apply(
            self.change(
                uniqueid,
                revision,
                **{
                    "direction": "inbound",
                    "state": "ended",
                    "outcome": "answered",
                    "number": "+33612340001",
                    "extension": "1001",
                    "start_date": at(0),
                    "answer_date": at(5),
                    "end_date": at(65),
                    "recorded": True,
                    "recording_file": PATH,
                    **values,
                },
            )
        )

    def with_message(self, **values):
        """Return a missed call with a message."""
        return self.recorded(
            "v1",
            outcome="missed",
            answer_date=None,
            recorded=False,
            recording_file="",
            voicemail=True,
            voicemail_duration=23,
            voicemail_file="default/1001/INBOX/msg0000",
            **values,
        )
