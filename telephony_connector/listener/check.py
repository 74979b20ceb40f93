"""``odoo telephony check``: is everything right between Odoo and an Asterisk?"""

import asyncio
from dataclasses import dataclass

from ..ami import actions
from ..engine import dial_plan_lines
from ..engine.errors import (
    ActionRefused,
    ConnectionFailed,
    PermissionMissing,
    TelephonyError,
)
from .account import open_session
from .connection import CHANNELS, PRESENCE_LISTS
from .discover import count_phones
from .permissions import WRITE_CLASSES, get_missing

# The device state that is set to see whether an event of it arrives: nobody's phone.
PROBE = "DEVICE_STATE(Custom:telephony_check)"
# Seconds that an event may take.
PROBE_WAIT = 3
# Read classes → what fails without.
READ_CLASSES = {
    "call": "incoming calls, the call log and presence",
    "agent": "queues: who waits, who answers, who has a break",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``ok`` is ``None`` where it can't be told, or is
    for the administrator to judge."""

    ok: bool | None
    text: str


class Check:
    """Looks at one telephone system as the listener would.

    :param settings: the `PbxSettings`
    """

    def __init__(self, settings):
        self._settings = settings
        self._heard = asyncio.Event()
        self._allowed = set()

    async def run(self):
        """Yield `Finding`s, in the order in which one would mend what is wrong."""
        settings = self._settings
        session = open_session(settings, self._hear)
        try:
            info = await session.open()
        except TelephonyError as error:
            yield Finding(False, f"{settings.host}:{settings.port}: {error}")
            return
        try:
            yield Finding(True, f"login as “{settings.username}”")
            yield Finding(True, f"Asterisk {info.asterisk or info.banner}")
            for look in (
                self._look_at_permissions,
                self._look_at_events,
                self._look_at_lists,
                self._look_at_context,
                self._look_at_extensions,
                self._look_at_phones,
                self._look_at_dial_plan,
            ):
                try:
                    async for finding in look(session):
                        yield finding
                except ConnectionFailed:
                    raise
                except TelephonyError as error:
                    yield Finding(False, str(error))
        except ConnectionFailed as error:
            yield Finding(False, str(error))
        finally:
            await session.close()

    def _hear(self, event):
        if "telephony_check" in event.get("Device", ""):
            self._heard.set()

    async def _look_at_permissions(self, session):
        answer = await session.action("ListCommands")
        self._allowed = set(answer)
        missing = dict(get_missing(answer))
        for name in WRITE_CLASSES:
            if name in missing:
                text = f"permission “{name}” (write) is missing: no {missing[name]}"
                yield Finding(False, text)
            else:
                yield Finding(True, f"permission “{name}” (write)")

    async def _look_at_events(self, session):
        """Have the PBX send an event of the class “call”, as no action lists these."""
        purpose = READ_CLASSES["call"]
        if "Setvar" not in self._allowed:
            yield Finding(None, f"permission “call” (read), for {purpose}: not tried")
            return
        for state in ("INUSE", "NOT_INUSE"):
            await session.action("Setvar", Variable=PROBE, Value=state)
        try:
            async with asyncio.timeout(PROBE_WAIT):
                await self._heard.wait()
            yield Finding(True, "permission “call” (read)")
        except TimeoutError:
            text = f"permission “call” (read) is missing: no {purpose}"
            yield Finding(False, text)
        purpose = READ_CLASSES["agent"]
        text = f"permission “agent” (read) can't be tried; needed for {purpose}"
        yield Finding(None, text)

    async def _look_at_lists(self, session):
        """Ask for what the listener asks for after each login."""
        for request, purpose in ((actions.core_show_channels(), CHANNELS),) + (
            PRESENCE_LISTS
        ):
            if request.name not in self._allowed:
                yield Finding(None, f"list {request.name}: not tried")
                continue
            try:
                await session.action(request.name, **request.headers)
            except ConnectionFailed:
                raise
            except TelephonyError as error:
                text = f"list {request.name}: {error} Not known: {purpose}"
                yield Finding(False, text)
            else:
                yield Finding(True, f"list {request.name}")

    async def _look_at_context(self, session):
        context = self._settings.context
        if "ShowDialPlan" not in self._allowed:
            yield Finding(None, f"context “{context}”: not tried")
            return
        try:
            await session.action("ShowDialPlan", Context=context)
        except (ActionRefused, PermissionMissing):
            text = f"context “{context}” is not in the dial plan: no calls from Odoo"
            yield Finding(False, text)
        else:
            yield Finding(True, f"context “{context}”")

    async def _look_at_extensions(self, session):
        if "DeviceStateList" not in self._allowed:
            yield Finding(None, "extensions: not tried")
            return
        answer = await session.action("DeviceStateList")
        states = {event.get("Device"): event.get("State") for event in answer.events}
        for device, number in self._settings.devices:
            state = states.get(device)
            is_missing = state in (None, "INVALID")
            if is_missing and not device.startswith("Local/"):
                yield Finding(
                    False, f"extension {number}: the telephone system has no {device}"
                )
            else:
                yield Finding(True, f"extension {number}: {device} ({state or 'any'})")

    async def _look_at_phones(self, session):
        """Name extensions of which a click rings one phone of several."""
        clicks = [
            click
            for click in self._settings.clicks
            if actions.registered_phones(click.device)
        ]
        if clicks and "Getvar" not in self._allowed:
            text = "how many phones an extension has: not tried, needs “call” (write)"
            yield Finding(None, text)
            return
        for click in clicks:
            count = await count_phones(session, click.device)
            if count is not None and count > 1:
                yield Finding(
                    None,
                    f"extension {click.extension}: {count} phones are registered on "
                    f"{click.device}, and a click rings one of them; with the dial "
                    f"string {dial_plan_lines.DIAL_STRING} and its lines it rings all",
                )

    async def _look_at_dial_plan(self, session):
        """See whether the dial plan does what is set here, where only it can."""
        clicks = [
            click
            for click in self._settings.clicks
            if click.device.startswith("Local/")
        ]
        if not clicks or "ShowDialPlan" not in self._allowed:
            return
        answer = await session.action("ShowDialPlan")
        used, contexts = "", {}
        for event in answer.events:
            data = event.get("AppData", "")
            used += data
            context = event.get("Context", "")
            contexts[context] = contexts.get(context, "") + data
        for context in sorted({_get_context(click) for click in clicks}):
            if context not in contexts:
                text = f"context “{context}” is not in the dial plan: no phone rings"
                yield Finding(False, text)
        for click in clicks:
            extension = f"extension {click.extension}: "
            if click.has_caller_id and dial_plan_lines.CALLER_ID not in used:
                yield Finding(
                    False,
                    f"{extension}outside parties don't see the caller id that is set, "
                    f"as the dial plan does not use {dial_plan_lines.CALLER_ID}",
                )
            lines = contexts.get(_get_context(click), "")
            if click.has_header and dial_plan_lines.HEADER not in lines:
                yield Finding(
                    False,
                    f"{extension}its phone does not pick up by itself, as the context "
                    f"“{_get_context(click)}” does not use {dial_plan_lines.HEADER}",
                )


def _get_context(click):
    return click.device.partition("@")[2].partition("/")[0]
