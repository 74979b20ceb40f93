"""Softphones that can open a web page when a call comes in, and how each is told to.

Only those are listed whose makers (or, for MicroSIP, whose source) say so, with the
placeholders that they name; ``docs/softphones.md`` says where.
"""

from dataclasses import dataclass
from urllib.parse import quote

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

MICROSIP_SCRIPT = r"C:\ProgramData\odoo-call.ps1"


@dataclass(frozen=True)
class Softphone:
    """What one softphone calls the things that an address may say of a call.

    ``number``, ``name``, ``dialed`` and ``uniqueid`` are its placeholders, empty where
    it has none. ``prefix`` stands before the address in the softphone's settings.
    """

    label: str
    where: str
    number: str
    name: str = ""
    dialed: str = ""
    uniqueid: str = ""
    prefix: str = ""
    is_script: bool = False

    def get_line(self, url, keys, pbx_id):
        """Return what is to be pasted into the softphone's settings.

        :param str url: of the incoming calls' page
        :param dict keys: the names of the address's parameters, by ours
        :param int pbx_id: of the telephone system that the calls come through
        :rtype: str
        """
        address = f"{url}?pbx={pbx_id}"
        for ours in ("uniqueid", "name", "dialed", "number"):
            if placeholder := getattr(self, ours):
                address += f"&{quote(keys[ours])}={placeholder}"
        if self.is_script:
            return _get_script(f"{address}&{quote(keys['number'])}=")
        return f"{self.prefix}{address}"


def _get_script(address):
    """MicroSIP runs a program and appends the number as its last argument.

    The number comes from the caller: a script file takes it as plain text, where a
    command line would let it be read as commands.
    """
    begin = address.replace("'", "''")
    return (
        "cmdIncomingCall=powershell.exe -NoProfile -ExecutionPolicy Bypass "
        f'-WindowStyle Hidden -File "{MICROSIP_SCRIPT}"\n'
        "\n"
        f"{MICROSIP_SCRIPT}:\n"
        "param([string]$Number)\n"
        f"Start-Process ('{begin}' + [uri]::EscapeDataString($Number))"
    )


SOFTPHONES = {
    "3cx": Softphone(
        label="3CX",
        where=_lt(
            "In the 3CX app, Settings > Integration (or CRM): choose to open a contact "
            "URL for incoming calls and paste the line there."
        ),
        number="%CallerNumber%",
        name="%CallerDisplayName%",
    ),
    "microsip": Softphone(
        label="MicroSIP",
        where=_lt(
            "Close MicroSIP, put the first line under [Settings] in microsip.ini, and "
            "save the last two lines as the script that it names. For pages that open "
            "once the call is answered write cmdCallAnswer instead of cmdIncomingCall."
        ),
        number="",
        is_script=True,
    ),
    "ringotel": Softphone(
        label="Ringotel",
        where=_lt(
            "In Ringotel's admin portal, Organization > Connection > Features > Screen "
            "Pop-ups: choose on incoming call, and paste the line as the URL."
        ),
        number="$caller$",
        name="$caller_name$",
        dialed="$called$",
    ),
    "wildix": Softphone(
        label="Wildix Collaboration",
        where=_lt(
            "In Collaboration, Settings > Personal > Popup URL / App: add a URL for "
            "incoming calls, triggered by Ringing, and paste the line."
        ),
        number="{CALLERNUM}",
        name="{CALLERNAME}",
    ),
    "globaliptel": Softphone(
        label="Global IP Telecommunications, NFON Softphone",
        where=_lt(
            "In the softphone's settings, Action URLs: paste the line at Incoming "
            "call. The word ext: has it open in the browser."
        ),
        number="$RemoteParty",
        name="$RemoteAlias",
        uniqueid="$CallGUID",
        prefix="ext:",
    ),
    "other": Softphone(
        label="Other",
        where=_lt(
            "Where the softphone asks for a web page to open on incoming calls. Put "
            "its own placeholders in place of NUMBER and CALLERNAME."
        ),
        number="NUMBER",
        name="CALLERNAME",
    ),
}
