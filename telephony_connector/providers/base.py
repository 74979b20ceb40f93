"""What every kind of telephone system must know how to do."""


class Provider:
    """The strategy of one kind of telephone system, made for one ``telephony.pbx``.

    A new kind subclasses it in a file (or an addon) of its own, sets ``code`` and
    ``label``, overrides what it can do and calls ``registry.register_provider``.

    :param pbx: the telephone system, with the rights of the user who acts
    """

    code = ""
    label = ""
    # What users can do with a call while it lasts, see telephony.call._get_all_controls
    controls = frozenset()

    def __init__(self, pbx):
        self.pbx = pbx
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
        :param str number: what to dial, checked and written by the dialling rules
        :return: the `telephony.command` that carries it, or an empty recordset where
            the call was handed over at once
        :raise UserError: where it can't be done now, in words for the user
        """
        raise UnsupportedByProvider(self, "dial")

    def describe_dial(self, call, number):
        """Return what the web client is told of a call that was just dialled.

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
        :param number: where to send the call, for those that need it, else ``False``
        :return: as ``dial``
        :raise UserError: where it can't be done now, in words for the user
        """
        raise UnsupportedByProvider(self, action)

    def check_settings(self):
        """Check what is set on the telephone system's form.

        :raise ValidationError: in words for the administrator
        """


class UnsupportedByProvider(Exception):
    """A telephone system of this kind can't do that; the client does not offer it."""

    def __init__(self, provider, what):
        super().__init__(f"{provider.code} can't {what}")
