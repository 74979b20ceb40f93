"""How to reach a PBX, and what it says of itself."""

import ssl
from dataclasses import dataclass, field

from ..engine.errors import CertificateRefused
from ..engine.origin import is_loopback


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to reach one PBX.

    The names are those of the fields of ``telephony.pbx``. ``name`` stands in the log.
    With ``use_tls``, the certificate is checked against ``tls_ca`` (PEM text) or, where
    that is empty, against the system's authorities, unless ``tls_verify`` is false.
    ``allow_unencrypted`` lets the secret be sent where others may read it, if the PBX
    offers nothing better.
    """

    host: str
    port: int = 5038
    username: str
    secret: str = field(repr=False)
    use_tls: bool = False
    tls_verify: bool = True
    tls_ca: str = ""
    allow_unencrypted: bool = False
    name: str = ""

    @property
    def may_send_secret(self) -> bool:
        """Whether the secret may be sent as it is, and not only be proved."""
        is_certain = self.use_tls and self.tls_verify
        return is_certain or is_loopback(self.host) or self.allow_unencrypted


@dataclass(frozen=True)
class PbxInfo:
    """What a PBX says of itself: its greeting and, if we may ask, its version."""

    banner: str
    asterisk: str = ""


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return how TLS is spoken with that PBX.

    :raise CertificateRefused: the authorities given cannot be read
    """
    try:
        context = ssl.create_default_context(cadata=settings.tls_ca or None)
    except (OSError, ValueError) as error:
        raise CertificateRefused("authorities", reason=error) from error
    if not settings.tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
