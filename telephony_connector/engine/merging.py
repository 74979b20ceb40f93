"""What becomes of a call when a source reports more of it: the pure rules of the door.

Values are those of the fields of a call, or of a leg, by name. ``known`` are the stored
ones, links as ids; it is empty where the call is new.
"""

from . import parts
from .call import State
from .pbx_text import plain_text

# Keys of a change that are stored under the same name, as they come.
PLAIN_KEYS = (
    "direction",
    "state",
    "outcome",
    "caller_name",
    "withheld",
    "dialed_number",
    "queue",
    "queue_date",
    "parking_space",
    "parking_date",
    "diverted_from",
    "voicemail",
    "incomplete",
    "start_date",
    "answer_date",
    "end_date",
    "hangup_cause",
)
# Texts by which the door finds what a change is about.
ID_KEYS = ("uniqueid", "number", "extension")
# What the other party is known by: it does not change in the course of a call.
IDENTITY_KEYS = (
    "direction",
    "caller_name",
    "withheld",
    "dialed_number",
    "queue",
    "diverted_from",
)
LEG_KEYS = (
    "channel",
    "number",
    "state",
    "outcome",
    "start_date",
    "answer_date",
    "end_date",
    "hangup_cause",
    "transferred_to",
    "consultation",
    "consulted",
    "on_hold",
    "answered_unseen",
)
# What the rules ask of a call that is known.
KNOWN_KEYS = (*PLAIN_KEYS, "facts", "source_term", "source_revision")
# Texts that come from a telephone network are cut to what a person can read.
MAX_TEXT = 128


# === WHAT A CHANGE SAYS === #


def is_whole(change):
    """Say whether a change is of a source that reports whole calls and numbers them."""
    return "term" in change


def clean_change(change):
    """Return a change with the door's own texts as `plain_text` leaves them.

    The ids, too: what is searched for must be what was stored.
    """
    plain = {
        key: plain_text(change[key])
        for key in (*PLAIN_KEYS, *ID_KEYS)
        if isinstance(change.get(key), str)
    }
    if "legs" in change:
        plain["legs"] = [
            {
                key: plain_text(value) if isinstance(value, str) else value
                for key, value in leg.items()
            }
            for leg in change["legs"]
        ]
    return {**change, **plain}


def get_extensions(change):
    """Return the numbers of the extensions that a change names."""
    parties = (change, *change.get("legs", ()))
    return {party["extension"] for party in parties if party.get("extension")}


def cut_text(value):
    """Cut a text of the network; leave every other value alone."""
    if isinstance(value, str):
        return value[:MAX_TEXT].strip() or False
    return value


def read_values(change):
    """Return the values that a change says; those that are empty count in a whole
    call alone."""
    return {
        key: cut_text(change[key])
        for key in PLAIN_KEYS
        if key in change and (is_whole(change) or change[key] not in (None, "", False))
    }


def read_leg_values(leg):
    """Return the values that a change says of one leg."""
    return {key: cut_text(leg[key]) for key in LEG_KEYS if key in leg}


# === WHAT IS NEW IN IT === #


def differs(stored, value):
    """Say whether ``value`` would change a field that holds ``stored``."""
    return (stored or False) != (value or False)


def pick_new(known, values):
    """Return those of the values that would change what is known."""
    return {key: value for key, value in values.items() if differs(known[key], value)}


def merge_call(known, values, change, now):
    """Join what a partial change says with what is known of the call already.

    The state only moves forward, and what was reported late fills gaps alone; the dates
    follow from the facts (`parts`), in whatever order they were reported.

    :param dict values: what the change says, see `read_values`
    :param datetime now: when the call began, where nothing tells
    :return: the values to write
    :rtype: dict
    """
    state = values.get("state") or known.get("state") or State.RINGING
    is_late = bool(known) and State(state).rank < State(known["state"]).rank
    merged = {
        key: value for key, value in values.items() if not is_late or not known[key]
    }
    merged.pop("outcome", None)
    if is_late:
        merged.pop("state", None)
    if not known.get("source_term") and values.get("direction"):
        # Before it is reported, a call comes in.
        merged["direction"] = values["direction"]
    if values.get("end_date") and not values.get("incomplete"):
        # The end that nobody had seen is reported after all.
        merged["incomplete"] = bool(known.get("source_term") and known["incomplete"])
    facts = parts.read_call(change)
    if change.get("is_listed"):
        facts = {key: facts[key] for key in facts.keys() & {"outcome"}}
    joined = parts.join_call(known.get("facts") or parts.read_call(known), facts)
    dates = {
        key: known.get(key) or values.get(key) for key in ("answer_date", "end_date")
    } | parts.derive_dates(joined)
    if "start_date" not in dates:
        # Not told yet: at the latest when the first thing happened.
        legs = (change, *change.get("legs", ()))
        moments = [leg.get(key) for leg in legs for key in parts.CALL_FACTS]
        moments.append(known.get("start_date"))
        dates["start_date"] = min(filter(None, moments), default=now)
    return {**merged, **dates, "facts": joined}


def is_outdated(known, change):
    """Say whether a whole call was reported before, or something newer of it."""
    if not known or not is_whole(change):
        return False
    revision = change["term"], change["revision"]
    return revision <= (known["source_term"], known["source_revision"])


def replace_call(known, values, change):
    """Return the values to write for a whole call.

    Where a new leader found it in progress, what was known before is kept.

    :param dict values: what the change says, see `read_values`
    :rtype: dict
    """
    numbered = {
        "source_term": change["term"],
        "source_revision": change["revision"],
    }
    if known.get("facts"):
        numbered["facts"] = False
    if known and change.get("incomplete"):
        values = adopt_call(known, values)
    return values | numbered


def adopt_call(known, values):
    """Keep what is known of a call that a new leader found in progress.

    :param dict values: what that leader says
    :return: the values to write
    :rtype: dict
    """
    kept = {
        key: known[key]
        for key in (*IDENTITY_KEYS, "answer_date")
        if key in values and known[key]
    }
    if known["start_date"] and values.get("start_date"):
        kept["start_date"] = min(known["start_date"], values["start_date"])
    return values | kept


def fill_outcome(known, values):
    """See to it that a call which is over has an outcome.

    A source that reports whole calls knows it; of others it follows from what was
    reported.

    :param dict values: to be written
    :return: likewise, with ``outcome`` where the call is over
    :rtype: dict
    """
    after = {**known, **values}
    is_reported = values.get("source_term") and values.get("outcome")
    if after.get("state") != State.ENDED or is_reported:
        return values
    outcome = parts.derive_outcome(
        (values.get("facts") or {}).get("outcome"),
        after.get("answer_date"),
        after.get("end_date"),
        after.get("direction"),
        after.get("incomplete"),
    )
    return {**values, "outcome": outcome}


def merge_leg(known, values):
    """Return what is to be written of a leg that is known, whose state only moves
    forward.

    :param dict known: its stored values, of the same names and ``state``
    :param dict values: what a change says of it
    """
    state = State(known["state"])
    if State(values.get("state", state)).rank < state.rank:
        return {}
    return pick_new(known, values)
