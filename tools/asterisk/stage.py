"""Where telephone calls are played: the telephones, and what scenes have in common."""

import asyncio

CALLER, MOBILE = "+33612345678", "+33698765432"
# What conf/extensions.conf leads these numbers to.
LINE, GROUP, QUEUE, VOICEMAIL = (f"+3314000000{n}" for n in (1, 2, 3, 4))
FOLLOW_ME, LOCAL_GROUP, LOCAL_QUEUE, CONFERENCE = (
    f"+3314000000{n}" for n in (6, 7, 8, 9)
)
AGENTS, SHORT_GROUP, FOLLOW_ME_APP = (f"+331400000{n}" for n in (11, 12, 13))
# The mobile telephone of an agent, which their phone forwards to.
OWN_MOBILE = "+33687000111"


class Stage:
    """The telephones, and what scenes have in common."""

    def __init__(self, ami, pstn, alice, bruno):
        self.ami, self.pstn, self.alice, self.bruno = ami, pstn, alice, bruno

    async def talk_with_alice(self):
        """The caller and Alice (1001) talk; return both their ends."""
        out = self.pstn.call(LINE, caller=CALLER)
        call = await self.alice.incoming()
        await call.answer()
        await out.answered()
        return out, call

    async def consult_bruno(self, answer=True):
        """Alice calls Bruno (1002) besides; return both their ends."""
        second = self.alice.call("1002")
        call = await self.bruno.incoming()
        if answer:
            await call.answer()
            await second.answered()
        else:
            await second.ringing()
        return second, call

    async def talk(self, first, second):
        """Two ends talk for a moment, and the first one hangs up."""
        await self.pause()
        await first.hangup()
        await second.ended()

    async def click(self, number, **how):
        """Click to call: Alice picks up and the mobile rings; return both ends."""
        await self.originate(number, **how)
        call = await self.alice.incoming()
        await call.answer()
        return call, await self.pstn.incoming()

    async def originate(
        self, number, *, channel="PJSIP/1001", timeout=20000, channel_id="tc-1"
    ):
        """Click to call, with an id of our own."""
        return await self.ami.action(
            "Originate",
            ActionID=channel_id,
            ChannelId=channel_id,
            Channel=channel,
            Context="from-internal",
            Exten=number,
            Priority=1,
            Timeout=timeout,
            Variable=f"CONNECTEDLINE(num,i)={number}",
            Async="true",
        )

    async def call_back(self, number):
        """Another program calls the number first, and then 1001."""
        return await self.ami.action(
            "Originate",
            Channel=f"PJSIP/{number}@trunk",
            Context="from-internal",
            Exten="1001",
            Priority=1,
            CallerID="<+33140000001>",
            Async="true",
        )

    async def channel(self, device):
        """Return the name of the newest channel of a device."""
        await self.ami.quiet(0.2)
        names = [e["Channel"] for e in self.ami.events if e["Event"] == "Newchannel"]
        return [name for name in names if name.startswith(device + "-")][-1]

    async def pause(self, seconds=1):
        await asyncio.sleep(seconds)
