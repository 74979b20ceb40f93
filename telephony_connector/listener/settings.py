"""What the listener must know of one telephone system: read here, and nowhere else."""

from dataclasses import dataclass, field, fields

from ..ami.settings import Settings

# Fields of ``telephony.pbx``: what a connection depends on (where these are the same
# it can stay), and what is settled with the telephone system beside it.
ACCOUNT_FIELDS = tuple(each.name for each in fields(Settings) if each.name != "name")
DIALPLAN_FIELDS = ("dial_string", "context")


@dataclass(frozen=True)
class ClickSettings:
    """How the clicks of one extension's user are carried out."""

    extension: str
    device: str
    has_caller_id: bool
    has_header: bool


@dataclass(frozen=True, kw_only=True)
class PbxSettings(Settings):
    """An account, and what the listener must know beside it."""

    id: int
    dial_string: str
    context: str
    # Seconds that agents have after a call: the company's.
    wrap_up: float = 0.0
    # device name, as PJSIP/1001 → extension number
    devices: tuple[tuple[str, str], ...] = ()
    # Read by the check alone.
    clicks: tuple[ClickSettings, ...] = field(default=(), compare=False)

    @property
    def account(self):
        """What the connection depends on."""
        return tuple(getattr(self, name) for name in ACCOUNT_FIELDS)

    @classmethod
    def from_record(cls, record, **values):
        """Return the settings that a record holds.

        :param record: a `telephony.pbx`, or another with fields of the same names
        :param values: what it does not hold: ``id``, ``secret``, and what is known of
            the extensions
        """
        held = {
            each.name: getattr(record, each.name) or each.type()
            for each in fields(cls)
            if each.name not in values and each.type in (str, int, bool)
        }
        return cls(**held, **values)
