"""A real Asterisk records and takes messages; Odoo knows the file and fetches it."""

import functools
import io
import threading
import wave
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import scenes
from stage import CALLER, Stage

from tools.stack.waiting import wait_for

from .support.shapes import last_call, play

RECORDED_LINE = "+33140000005"
PERIOD = 60


class Handler(SimpleHTTPRequestHandler):
    """A web folder without a word in the log."""

    extensions_map = {".wav": "audio/x-wav"}

    def log_message(self, *_args):
        """Nobody reads it."""


@pytest.fixture
def web_folder(stack):
    """Serve what Asterisk writes, and have Odoo fetch it from there."""
    spool = stack.asterisk.directory / "var" / "spool"
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=spool)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    stack.admin.call(
        "telephony.pbx",
        "write",
        [stack.pbx],
        {
            "recording_mode": "fetch",
            "recording_pattern": f"{url}/monitor/{{file}}",
            "voicemail_pattern": f"{url}/voicemail/{{message}}.wav",
        },
    )
    yield url
    stack.admin.call(
        "telephony.pbx",
        "write",
        [stack.pbx],
        {"recording_pattern": False, "voicemail_pattern": False},
    )
    server.shutdown()
    server.server_close()


def wait_until_fetched(stack, after, *fields):
    """Run the scheduled action until it has fetched the newest call's recording."""
    [cron] = stack.admin.search_read(
        "ir.cron", [("cron_name", "=", "Telephony: fetch recordings")], ["id"]
    )

    def fetched():
        stack.admin.call("ir.cron", "method_direct_trigger", [cron["id"]])
        calls = stack.admin.search_read(
            "telephony.call", [("id", ">", after)], ["recording_state", *fields]
        )
        return len(calls) == 1 and calls[0]["recording_state"] == "fetched" and calls[0]

    return wait_for(fetched, PERIOD, what="the recording to be fetched")


def listen(stack, call, login="admin"):
    """Return what a user hears of a call."""
    session = requests.Session()
    session.post(
        f"{stack.odoo.url}/web/session/authenticate",
        json={
            "params": {
                "db": stack.odoo.database,
                "login": login,
                "password": login,
            }
        },
        timeout=30,
    ).raise_for_status()
    return session.get(f"{stack.odoo.url}/telephony/recording/{call['id']}", timeout=30)


def seconds(sound):
    """Return how long a WAV file is."""
    with wave.open(io.BytesIO(sound)) as file:
        return file.getnframes() / file.getframerate()


async def recorded(s):
    """The caller talks with Alice, and MixMonitor records it."""
    out = s.pstn.call(RECORDED_LINE, caller=CALLER)
    call = await s.alice.incoming()
    await call.answer()
    await out.answered()
    out.talk()
    call.talk()
    await s.pause(3)
    await out.hangup()
    await call.ended()


def test_recording(stack, web_folder):
    before = last_call(stack)
    play(stack, recorded, Stage)
    call = wait_until_fetched(stack, before, "is_recorded", "outcome")
    assert call["is_recorded"]
    assert call["outcome"] == "answered"
    answer = listen(stack, call)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "audio/x-wav"
    assert seconds(answer.content) >= 1
    assert listen(stack, call, "agent").status_code == 200, "who took part"
    assert listen(stack, call, "colleague").status_code == 404, "who did not"


def test_message(stack, web_folder):
    before = last_call(stack)
    play(stack, scenes.voicemail, Stage)
    call = wait_until_fetched(
        stack, before, "voicemail", "voicemail_duration", "outcome"
    )
    assert call["voicemail"]
    assert call["outcome"] == "missed"
    length = seconds(listen(stack, call).content)
    assert length >= 2
    assert abs(call["voicemail_duration"] - length) <= 1.5
