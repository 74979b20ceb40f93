"""Lines for the dial plan of an Asterisk, as the guided form and the docs show them.

With the dial string ``DIAL_STRING`` a click calls into them. They do what one channel
(``PJSIP/1001``) can't do and a Local channel does not do by itself: ring every phone of
an extension, send it the header by which it picks up, keep the caller id that is set in
Odoo.
"""

CONTEXT = "odoo-phones"
DIAL_STRING = f"Local/{{number}}@{CONTEXT}"

# What a click sets for these lines: a dial plan that uses neither does not do what is
# set in Odoo.
CALLER_ID = "TELEPHONY_CALLERID"
HEADER = "TELEPHONY_HEADER"

# Of a telephone that answers, Asterisk takes over the caller id: the option I keeps the
# one that is set. Each cause of a hang-up is passed on, so that the user is notified.
_PLAIN = """\
[odoo-phones]
exten => _X!,1,Set(PHONES={phones})
 same => n,GotoIf($["${{PHONES}}" = ""]?nobody)
 same => n,Set(KEEP=${{IF($["${{TELEPHONY_CALLERID}}" != ""]?I)}})
 same => n,Set(HEADER=${{TELEPHONY_HEADER}}^${{TELEPHONY_HEADER_VALUE}})
 same => n,Dial(${{PHONES}},,${{KEEP}}b(odoo-header^s^1(${{HEADER}})))
 same => n,Hangup(${{HANGUPCAUSE}})
 same => n(nobody),Hangup(20)

[odoo-header]
exten => s,1,GotoIf($["${{ARG1}}" = ""]?done)
 same => n,{add}
 same => n(done),Return()
"""
# FreePBX rings an extension's phones itself: here without its voicemail, where that is
# known. The caller id is set last: FreePBX is to know which extension calls.
_FREEPBX = """\
[odoo-phones]
exten => _X!,1,GotoIf($["${TELEPHONY_HEADER}" = ""]?ring)
 same => n,Set(HEADER=${TELEPHONY_HEADER},${TELEPHONY_HEADER_VALUE})
 same => n,Gosub(func-set-sipheader,s,1(${HEADER}))
 same => n(ring),GotoIf(${DIALPLAN_EXISTS(originate-skipvm,${EXTEN},1)}?skip)
 same => n,Goto(from-internal,${EXTEN},1)
 same => n(skip),Goto(originate-skipvm,${EXTEN},1)

[macro-dialout-trunk-predial-hook]
exten => s,1,GotoIf($["${TELEPHONY_CALLERID}" = ""]?done)
 same => n,Set(CALLERID(num)=${TELEPHONY_CALLERID})
 same => n(done),ExecIf($["${MACRO_DEPTH}" = ""]?Return())
"""
# By kind of telephone system, as the guided form knows them.
LINES = {
    "asterisk": _PLAIN.format(
        phones="${PJSIP_DIAL_CONTACTS(${EXTEN})}",
        add="Set(PJSIP_HEADER(add,${ARG1})=${ARG2})",
    ),
    "asterisk_sip": _PLAIN.format(
        phones="SIP/${EXTEN}", add="SIPAddHeader(${ARG1}: ${ARG2})"
    ),
    "freepbx": _FREEPBX,
}
