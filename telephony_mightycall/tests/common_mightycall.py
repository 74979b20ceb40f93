"""An account at MightyCall, as tests have one."""

ACCOUNT = {
    "provider": "mightycall",
    "mightycall_api_key": "the-api-key",
    "secret": "the-user-key",
    "mightycall_business_number": "+33199000001",
}


def answer(_method, path, _body):
    """Answer as MightyCall's server does, for a `ScriptedServer`."""
    if path.endswith("/auth/token"):
        return 200, {"access_token": "t", "refresh_token": "r", "expires_in": 9999}
    return 200, {"data": {"status": "busy", "phoneNumbers": []}}
