"""What the engine, ``ami/`` and ``listener/`` say to people, as codes and parameters.

They know no user and no language, so they return a `text`: a plain dict that may be
stored and sent. The model ``telephony.text`` translates it for whoever reads it. Logs
and the terminal show it in English (`in_english`).
"""

from .pbx_text import plain_text

MAX_PARAMETER = 200


def _lt(source):
    """Mark a text for the export of terms; it is translated where it is shown."""
    return source


def text(code: str, /, **params) -> dict:
    """Return what is to be said.

    :param code: of ``TEXTS``, or of an addon that extends ``telephony.text``
    :param params: texts, numbers, other results of this function, lists of these
    """
    return {
        "code": code,
        "params": {name: _plain(each) for name, each in params.items()},
    }


def _plain(value):
    """Return a parameter as it may be stored: what a telephone system sent is cut."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict | int):
        return value
    return plain_text(str(value))[:MAX_PARAMETER]


def render(value, get_template) -> str:
    """Return what a text says.

    :param value: a result of `text`, a list of these, or what it holds
    :param get_template: called with a code, returns the template, ``None`` if there is
        none
    """
    if isinstance(value, list):
        return "; ".join(render(each, get_template) for each in value)
    if not isinstance(value, dict):
        return str(value)
    template = get_template(value["code"])
    if template is None:
        return value["code"]
    params = {
        name: render(each, get_template) for name, each in value["params"].items()
    }
    return template % params


def in_english(value) -> str:
    """Return a text for logs and the terminal; of an addon's own, the code."""
    return render(value, TEXTS.get) if value else ""


TEXTS = {
    # === OF EVERY CLASS OF ERRORS === #
    "error": _lt("An error in Odoo prevented it."),
    "unreachable": _lt("The telephone system cannot be reached."),
    "not_responding": _lt("The telephone system did not answer in time."),
    "certificate": _lt("The telephone system's certificate is not trusted."),
    "login_refused": _lt(
        "The telephone system refuses the user, the password or Odoo's address."
    ),
    "permission": _lt("Odoo's account on the telephone system may not do that."),
    "off": _lt(
        "“%(name)s” is switched off here: this database is a copy of the one that it "
        "was set up in. An administrator can take it over on its form."
    ),
    "refused": _lt("The telephone system refused: “%(said)s”."),
    "timeout": _lt("The telephone system did not answer in time."),
    "invalid": _lt("That cannot be sent to the telephone system."),
    # === THE CONNECTION === #
    "unreachable_because": _lt("The telephone system cannot be reached: %(reason)s."),
    "address": _lt("The telephone system's address is not valid."),
    "cut": _lt("The connection was cut: %(reason)s."),
    "hung_up": _lt("The telephone system ended the connection."),
    "closed": _lt("The connection was closed."),
    "not_connected": _lt("There is no connection to the telephone system."),
    "fell_silent": _lt("The telephone system no longer answers."),
    "keep_alive_fault": _lt("An error in Odoo ended the connection: %(error)s"),
    "connection_fault": _lt("An error in Odoo ended the connection: %(error)s"),
    "not_a_manager": _lt("What answers there is not Asterisk's Manager Interface."),
    "endless_message": _lt("The telephone system sent a message without an end."),
    "certificate_because": _lt(
        "The telephone system's certificate is not trusted: %(reason)s."
    ),
    "authorities": _lt("The certificate authority cannot be used: %(reason)s"),
    "no_challenge": _lt(
        "The telephone system offers no MD5 login. The password is sent in clear only "
        "over TLS with a verified certificate, or where that is allowed on the form."
    ),
    "permission_for": _lt(
        "Odoo's account on the telephone system may not do %(action)s."
    ),
    "no_answer_to": _lt("The telephone system did not answer %(action)s in time."),
    # === WHAT MAY BE SENT === #
    "too_many_actions": _lt("Too many requests at once, or the same one twice."),
    "too_many_headers": _lt("The request has too many headers."),
    "header_name": _lt("“%(name)s” is not the name of a header."),
    "header_value": _lt("%(name)s has no value that can be sent."),
    "header_break": _lt("%(name)s holds a line break."),
    "header_character": _lt("%(name)s holds a character that cannot be sent."),
    "header_length": _lt("%(name)s is too long."),
    "not_a_number": _lt("“%(value)s” is not a number that can be dialed."),
    "not_a_channel_id": _lt("“%(value)s” is not an id of a channel."),
    "not_a_parking_lot": _lt("“%(value)s” is not the name of a parking lot."),
    "not_a_hint": _lt("“%(value)s” is not an extension's hint."),
    "not_a_mailbox": _lt("“%(value)s” is not the name of a mailbox."),
    "not_a_context": _lt("“%(value)s” is not the name of a context."),
    "not_a_channel": _lt("“%(value)s” is not the name of a channel."),
    "not_a_device": _lt("“%(value)s” is not the name of a telephone."),
    "not_a_queue": _lt("“%(value)s” is not the name of a queue."),
    "not_a_header": _lt("“%(value)s” is not a header."),
    "unknown_command": _lt("There is no command %(action)s."),
    # === PROBLEMS OF THE CONNECTION === #
    "fault": _lt("%(error)s"),
    "event_value_twice": _lt("%(name)s stands in it twice"),
    "event_value_missing": _lt("%(name)s has no value"),
    "too_much_at_a_time": _lt(
        "More channels, extensions or queues are reported than a telephone system has"
    ),
    "list_missing": _lt("%(reason)s Not known: %(purpose)s."),
    "no_events": _lt(
        "There are calls, but no event of them arrives: Odoo's account on the "
        "telephone system needs the permission “call” (read). %(hint)s"
    ),
    "permissions_missing": _lt(
        "Odoo's account lacks permissions: %(missing)s. %(hint)s"
    ),
    "permission_missing": _lt("“%(name)s” (write) for %(purpose)s"),
    "log_in_anew": _lt(
        "Asterisk goes by what was allowed at the login: after “manager reload” there, "
        "press Connect Now."
    ),
    # === WHAT SOMETHING IS FOR === #
    "for_hints": _lt("which extensions are free, ring or talk, as hints tell it"),
    "for_devices": _lt("which phones are free, ring or talk"),
    "for_queues": _lt("who is in which queue, has a break or waits there"),
    "for_channels": _lt("calls that began or ended while Odoo was not connected"),
    "for_parked": _lt("which calls are parked"),
    "for_permissions": _lt("what Odoo's account may do on the telephone system"),
    "for_originate": _lt("calling from Odoo"),
    "for_call": _lt("hanging up and transferring from Odoo"),
    "for_reporting": _lt(
        "noticing calls that began or ended while Odoo was not connected"
    ),
    "for_agent": _lt("pausing agents and logging them into queues"),
    "for_call_events": _lt("incoming calls, the call log and presence"),
    "for_agent_events": _lt("queues: who waits, who answers, who has a break"),
    # === WHAT A CHECK FINDS === #
    "check_failed": _lt("%(host)s:%(port)s: %(reason)s"),
    "check_listener": _lt("the listener is connected and met no problem"),
    "check_login": _lt("login as “%(user)s”"),
    "check_version": _lt("Asterisk %(version)s"),
    "check_write": _lt("permission “%(name)s” (write)"),
    "check_write_missing": _lt(
        "permission “%(name)s” (write) is missing: no %(purpose)s"
    ),
    "check_read": _lt("permission “call” (read)"),
    "check_read_missing": _lt("permission “call” (read) is missing: no %(purpose)s"),
    "check_read_not_tried": _lt("permission “call” (read), for %(purpose)s: not tried"),
    "check_read_unsure": _lt(
        "permission “agent” (read) can't be tried; needed for %(purpose)s"
    ),
    "check_list": _lt("list %(name)s"),
    "check_list_not_tried": _lt("list %(name)s: not tried"),
    "check_list_failed": _lt("list %(name)s: %(reason)s Not known: %(purpose)s"),
    "check_context": _lt("context “%(context)s”"),
    "check_context_not_tried": _lt("context “%(context)s”: not tried"),
    "check_context_missing": _lt(
        "context “%(context)s” is not in the dial plan: no calls from Odoo"
    ),
    "check_extensions_not_tried": _lt("extensions: not tried"),
    "check_extension": _lt("extension %(number)s: %(device)s (%(state)s)"),
    "check_extension_missing": _lt(
        "extension %(number)s: the telephone system has no %(device)s"
    ),
    "check_any_state": _lt("any"),
    "check_phones_not_tried": _lt(
        "how many phones an extension has: not tried, needs “call” (write)"
    ),
    "check_several_phones": _lt(
        "extension %(number)s: %(count)s phones are registered on %(device)s, and a "
        "click rings one of them; with the dial string %(dial_string)s and its lines "
        "it rings all"
    ),
    "check_phone_context_missing": _lt(
        "context “%(context)s” is not in the dial plan: no phone rings"
    ),
    "check_caller_id_unused": _lt(
        "extension %(number)s: outside parties don't see the caller id that is set, as "
        "the dial plan does not use %(variable)s"
    ),
    "check_header_unused": _lt(
        "extension %(number)s: its phone does not pick up by itself, as the context "
        "“%(context)s” does not use %(variable)s"
    ),
}
