"""From the settings in the database to a session with the telephone system."""

from ..ami.session import Session, Settings


def open_session(settings, on_event=lambda event: None):
    """Return a session with a telephone system, not opened yet.

    :param settings: the `PbxSettings`
    :param on_event: called with each event
    """
    return Session(
        Settings(
            host=settings.host,
            port=settings.port,
            username=settings.username,
            secret=settings.secret,
            tls=settings.use_tls,
            tls_verify=settings.tls_verify,
            ca_data=settings.tls_ca or None,
            name=settings.name,
            allow_unencrypted=settings.allow_unencrypted,
        ),
        on_event,
    )
