"""What the demo's database holds beyond Odoo's own demo data."""

from .asterisk import MANAGER

EXTENSIONS = {"admin": "1001", "demo": "1002"}


def create_pbx(client, host, port, name="Asterisk", **values):
    """Describe an Asterisk to Odoo, or bring its description up to date.

    :param client: an :class:`~tools.stack.rpc.OdooClient` of an administrator.
    :param host: the address of its AMI.
    :param port: the AMI's port.
    :param values: fields of ``telephony.pbx`` that differ from the test Asterisk's.
    :return: the id of the ``telephony.pbx``.
    """
    france = client.one("res.country", [("code", "=", "FR")])["id"]
    company = client.one("res.users", [("id", "=", client.uid)], ["company_id"])
    return client.upsert(
        "telephony.pbx",
        [("name", "=", name)],
        **{
            "name": name,
            "provider": "asterisk",
            "company_id": company["company_id"][0],
            "country_id": france,
            "host": host,
            "port": port,
            **MANAGER,
            "use_tls": False,
            "dial_string": "PJSIP/{number}",
            "context": "from-internal",
            **values,
        },
    )


def create_mightycall(client, emulator, name="MightyCall"):
    """Describe a simulated MightyCall account to Odoo, or bring that up to date.

    :param client: an :class:`~tools.stack.rpc.OdooClient` of an administrator.
    :param emulator: the :class:`~tools.mightycall.Emulator`.
    :return: the id of the ``telephony.pbx``.
    """
    france = client.one("res.country", [("code", "=", "FR")])["id"]
    return client.upsert(
        "telephony.pbx",
        [("name", "=", name)],
        name=name,
        provider="mightycall",
        country_id=france,
        mightycall_base_url=emulator.url,
        mightycall_resource_prefix=emulator.prefix,
        mightycall_api_key=emulator.api_key,
        secret=emulator.user_key,
        mightycall_business_number=emulator.business_number,
    )


def create_softphone(client, name="Softphones", **values):
    """Describe softphones that are reached by links, or bring that up to date.

    :param client: an :class:`~tools.stack.rpc.OdooClient` of an administrator.
    :param values: fields of ``telephony.pbx`` that differ from their defaults.
    :return: the id of the ``telephony.pbx``.
    """
    france = client.one("res.country", [("code", "=", "FR")])["id"]
    return client.upsert(
        "telephony.pbx",
        [("name", "=", name)],
        name=name,
        provider="softphone",
        country_id=france,
        **values,
    )


def create_extensions(client, pbx, extensions):
    """Give users their telephones.

    :param extensions: numbers by login.
    """
    for login, number in extensions.items():
        user = client.one("res.users", [("login", "=", login)])["id"]
        client.upsert(
            "telephony.extension",
            [("pbx_id", "=", pbx), ("number", "=", number)],
            pbx_id=pbx,
            number=number,
            user_id=user,
        )


def use_only(client, pbx, extensions):
    """Give users their telephones at one telephone system, and take all others away.

    The demo's database is kept, and may have been used with another kind before.

    :param extensions: numbers by login.
    """
    others = client.call("telephony.extension", "search", [("pbx_id", "!=", pbx)])
    client.call("telephony.extension", "write", others, {"user_id": False})
    create_extensions(client, pbx, extensions)


def make_token(client, password):
    """Make a token of a desktop agent, as the dialogs of the preferences do.

    :param client: an :class:`~tools.stack.rpc.OdooClient` of the agent's user.
    :param password: of that user.
    :return: the token and the id of its row.
    """
    model = "telephony.agent.token.new"
    wizard = client.create(model, name="Test desk")
    shown = client.call(model, "make_token", [wizard])
    if shown["res_model"] == "res.users.identitycheck":  # asked every ten minutes
        check, context = shown["res_id"], {"password": password}
        shown = client.call(shown["res_model"], "run_check", [check], context=context)
    [token_id] = client.call("telephony.agent.token", "search", [], limit=1)
    return shown["context"]["default_token"], token_id
