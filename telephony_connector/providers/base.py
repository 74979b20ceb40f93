"""What every kind of telephone system must know how to do."""

import hashlib


class Provider:
    """The strategy of one kind of telephone system, made for one ``telephony.pbx``.

    A new kind subclasses it in an addon of its own and overrides what it can do;
    ``telephony.pbx._get_provider_class`` returns it. See docs/adding-a-provider.md.

    The constants say what a kind can do. Everything else in Odoo decides by them, never
    by the name of the kind.

    :param pbx: the telephone system, with the rights of the user who acts
    """

    # Whether users can click a number to have it dialed, see ``dial``.
    has_click_to_call = False
    # Whether such systems post events to the webhook, see ``read_webhook``.
    has_webhook = False
    # What users can do with a call while it lasts, of what
    # telephony.client._get_all_controls names.
    controls = frozenset()
    # Whether the listener keeps a connection over AMI to systems of this kind.
    has_listener = False
    # Whether a user's phone can be rung to dial a code there, see ``dial_code``.
    dials_codes = False
    # Whether the page of an outgoing call opens by itself, as that of an incoming one.
    opens_outgoing_page = False

    def __init__(self, pbx):
        self.pbx = pbx
        # sudo - telephony.pbx: how a system is dialed users need, and can't read
        self.settings = pbx.sudo()
        self.env = pbx.env

    def prepare_call(self):
        """Return what is known of a click-to-call beside its number and user.

        :return: the values of a change (``engine.call.Call``) that differ from a call
            that rings until the telephone system tells more
        :rtype: dict
        """
        return {}

    def dial(self, call, extension, number):
        """Ring the user's own phone, then ``number``.

        :param call: the `telephony.call` that stands for it, made already; its
            ``uniqueid`` is what the telephone system must know the call by
        :param extension: the user's `telephony.extension`
        :param number: what to dial, an ``AuthorizedNumber`` of ``pbx._authorize``
        :return: the `telephony.command` that carries it, or an empty recordset where
            the call was handed over at once
        :raise UserError: where it can't be done now, in words for the user
        """
        raise UnsupportedByProvider(self, "dial")

    def describe_dial(self, call, number):
        """Return what the web client is told of a call that was just dialed.

        :param call: as for ``dial``
        :param str number: as for ``dial``
        :return: ``link`` where the browser is to open one, ``action`` where a page is
            to open at once, ``message`` for the user
        :rtype: dict
        """
        return {}

    def get_controls(self):
        """Return which of ``controls`` this telephone system offers as it is set up.

        :rtype: frozenset
        """
        return self.controls

    def control(self, call, action, number):
        """Do something with a call that is going on.

        :param call: the `telephony.call`, as the user who acts
        :param str action: one of ``controls``
        :param number: what to dial for it, an ``AuthorizedNumber`` of
            ``pbx._authorize``, for those that need it, else ``False``
        :return: as ``dial``
        :raise UserError: where it can't be done now, in words for the user
        """
        raise UnsupportedByProvider(self, action)

    def get_agent_actions(self):
        """Return what supervisors can do with agents on this telephone system.

        :return: some of ``pause``, ``resume``, ``log_in``, ``log_out``
        :rtype: frozenset
        """
        return frozenset()

    def act_on_agent(self, extension, action, queue, reason):
        """Do something with an agent, for a supervisor.

        :param extension: the agent's `telephony.extension`
        :param str action: one of ``get_agent_actions``
        :param queue: the name of the queue to log into or out of, else ``False``
        :param str reason: why the agent has a break, may be empty
        :return: the `telephony.command` that carries it
        :raise UserError: where it can't be done now, in words for the user
        """
        raise UnsupportedByProvider(self, action)

    def can_dial_codes(self):
        """Say whether ``dial_code`` can be asked for, as the system is set up.

        :rtype: bool
        """
        return False

    def dial_code(self, own, code, name):
        """Ring a user's own phone, then dial a code of the telephone system's own.

        It is no call with anybody, and stands in no log.

        :param own: the user's own `telephony.extension`
        :param code: what to dial, an ``AuthorizedNumber`` of ``pbx._authorize``
        :param str name: what the phone shows meanwhile, may be empty
        :return: the `telephony.command` that carries it
        :raise UserError: where it can't be done now, in words for the user
        """
        raise UnsupportedByProvider(self, "dial_code")

    def get_login_place(self):
        """Return where the telephone system's login is sent, as it is set up.

        Passwords are bound to it: what says who answers there belongs to it, as the
        scheme, the host, the port, and the authority that signs its certificate.

        :return: a text without blanks, "" where no login is sent
        :rtype: str
        """
        return ""

    def answer_handshake(self, headers):
        """Return what a sender wants to read in the headers of an answer.

        A request without a body that wants something is a handshake: it gets these
        headers and is not read. Nothing is known of the sender yet.

        :param headers: of the request, a mapping that does not mind the case of names
        :return: headers of the answer, empty where the sender asks for none
        :rtype: dict[str, str]
        """
        return {}

    def is_webhook_genuine(self, headers, body):
        """Say whether an event bears the secret that its sender shares with us.

        Compares in constant time; refuses where no secret is set.

        :param headers: as for ``answer_handshake``
        :param bytes body: as it was posted
        :rtype: bool
        :raise ValueError: as ``read_webhook``
        """
        return False

    def read_webhook(self, headers, body):
        """Read an event that its sender posted to the webhook.

        :param headers: as for ``answer_handshake``
        :param bytes body: as it was posted, of a genuine event; ``engine.json_object``
            reads JSON
        :return: (id of the event, when it happened, changes for the door)
        :rtype: tuple[str, datetime, list[dict]]
        :raise ValueError: it is none, with the reason in words for the administrator
        """
        raise UnsupportedByProvider(self, "read_webhook")

    def check_settings(self):
        """Check what is set on the telephone system's form, where a field changed.

        ``telephony.pbx._check_settings`` calls it.

        :raise ValidationError: in words for the administrator
        """


def get_authority_mark(authority):
    """Return what tells a place whose certificate that authority signs from another.

    :param str authority: PEM text of an own certificate authority, or nothing
    :rtype: str
    """
    text = "".join((authority or "").split())
    return text and f"#ca-{hashlib.sha256(text.encode()).hexdigest()}"


class UnsupportedByProvider(Exception):
    """A telephone system of this kind can't do that; the client does not offer it."""

    def __init__(self, provider, what):
        super().__init__(f"{type(provider).__name__} can't {what}")
