"""``odoo telephony check``: is everything right between Odoo and an Asterisk?"""

import asyncio
from dataclasses import dataclass

from ..ami import actions
from ..ami.session import Session
from ..engine import dial_plan_lines
from ..engine.errors import (
    ActionRefused,
    ConnectionFailed,
    PermissionMissing,
    TelephonyError,
)
from ..engine.texts import text
from .connection import CHANNELS, PRESENCE_LISTS
from .discover import count_phones, find_contexts
from .permissions import WRITE_CLASSES, get_missing

# The device state that is set to see whether an event of it arrives: nobody's phone.
PROBE = "DEVICE_STATE(Custom:telephony_check)"
# Seconds that an event may take.
PROBE_WAIT = 3
# Read classes → what fails without.
READ_CLASSES = {
    "call": text("for_call_events"),
    "agent": text("for_agent_events"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``ok`` is ``None`` where it can't be known, or is
    for the administrator to judge; ``text`` is as of ``engine.texts.text``. ``offers``
    are what there is in place of what is not."""

    ok: bool | None
    text: dict
    offers: tuple[str, ...] = ()


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
        session = Session(settings, self._handle_event)
        try:
            info = await session.open()
        except TelephonyError as error:
            yield Finding(
                False,
                text(
                    "check_failed",
                    host=settings.host,
                    port=str(settings.port),
                    reason=error.text,
                ),
            )
            return
        try:
            yield Finding(True, text("check_login", user=settings.username))
            version = info.asterisk or info.banner
            yield Finding(True, text("check_version", version=version))
            for look in (
                self._check_permissions,
                self._check_events,
                self._check_lists,
                self._check_context,
                self._check_extensions,
                self._check_phones,
                self._check_dial_plan,
            ):
                try:
                    async for finding in look(session):
                        yield finding
                except ConnectionFailed:
                    raise
                except TelephonyError as error:
                    yield Finding(False, error.text)
        except ConnectionFailed as error:
            yield Finding(False, error.text)
        finally:
            await session.close()

    def _handle_event(self, event):
        if "telephony_check" in event.get("Device", ""):
            self._heard.set()

    async def _check_permissions(self, session):
        answer = await session.action("ListCommands")
        self._allowed = set(answer)
        missing = dict(get_missing(answer))
        for name in WRITE_CLASSES:
            if name in missing:
                purpose = missing[name]
                yield Finding(
                    False, text("check_write_missing", name=name, purpose=purpose)
                )
            else:
                yield Finding(True, text("check_write", name=name))

    async def _check_events(self, session):
        """Have the PBX send an event of the class “call”, as no action lists these."""
        purpose = READ_CLASSES["call"]
        if "Setvar" not in self._allowed:
            yield Finding(None, text("check_read_not_tried", purpose=purpose))
            return
        for state in ("INUSE", "NOT_INUSE"):
            await session.action("Setvar", Variable=PROBE, Value=state)
        try:
            async with asyncio.timeout(PROBE_WAIT):
                await self._heard.wait()
            yield Finding(True, text("check_read"))
        except TimeoutError:
            yield Finding(False, text("check_read_missing", purpose=purpose))
        purpose = READ_CLASSES["agent"]
        yield Finding(None, text("check_read_unsure", purpose=purpose))

    async def _check_lists(self, session):
        """Ask for what the listener asks for after each login."""
        for request, purpose in ((actions.core_show_channels(), CHANNELS),) + (
            PRESENCE_LISTS
        ):
            if request.name not in self._allowed:
                yield Finding(None, text("check_list_not_tried", name=request.name))
                continue
            try:
                await session.action(request.name, **request.headers)
            except ConnectionFailed:
                raise
            except TelephonyError as error:
                yield Finding(
                    False,
                    text(
                        "check_list_failed",
                        name=request.name,
                        reason=error.text,
                        purpose=purpose,
                    ),
                )
            else:
                yield Finding(True, text("check_list", name=request.name))

    async def _check_context(self, session):
        context = self._settings.context
        if "ShowDialPlan" not in self._allowed:
            yield Finding(None, text("check_context_not_tried", context=context))
            return
        try:
            await session.action("ShowDialPlan", Context=context)
        except (ActionRefused, PermissionMissing):
            yield Finding(
                False,
                text("check_context_missing", context=context),
                await find_contexts(session),
            )
        else:
            yield Finding(True, text("check_context", context=context))

    async def _check_extensions(self, session):
        if "DeviceStateList" not in self._allowed:
            yield Finding(None, text("check_extensions_not_tried"))
            return
        answer = await session.action("DeviceStateList")
        states = {event.get("Device"): event.get("State") for event in answer.events}
        for device, number in self._settings.devices:
            state = states.get(device)
            is_missing = state in (None, "INVALID")
            if is_missing and not device.startswith("Local/"):
                yield Finding(
                    False,
                    text("check_extension_missing", number=number, device=device),
                )
            else:
                shown = state or text("check_any_state")
                yield Finding(
                    True,
                    text("check_extension", number=number, device=device, state=shown),
                )

    async def _check_phones(self, session):
        """Name extensions of which a click rings one phone of several."""
        clicks = [
            click
            for click in self._settings.clicks
            if actions.registered_phones(click.device)
        ]
        if clicks and "Getvar" not in self._allowed:
            yield Finding(None, text("check_phones_not_tried"))
            return
        for click in clicks:
            count = await count_phones(session, click.device)
            if count is not None and count > 1:
                yield Finding(
                    None,
                    text(
                        "check_several_phones",
                        number=click.extension,
                        count=count,
                        device=click.device,
                        dial_string=dial_plan_lines.DIAL_STRING,
                    ),
                )

    async def _check_dial_plan(self, session):
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
                yield Finding(
                    False, text("check_phone_context_missing", context=context)
                )
        for click in clicks:
            if click.has_caller_id and dial_plan_lines.CALLER_ID not in used:
                yield Finding(
                    False,
                    text(
                        "check_caller_id_unused",
                        number=click.extension,
                        variable=dial_plan_lines.CALLER_ID,
                    ),
                )
            lines = contexts.get(_get_context(click), "")
            if click.has_header and dial_plan_lines.HEADER not in lines:
                yield Finding(
                    False,
                    text(
                        "check_header_unused",
                        number=click.extension,
                        context=_get_context(click),
                        variable=dial_plan_lines.HEADER,
                    ),
                )


def _get_context(click):
    return click.device.partition("@")[2].partition("/")[0]
