"""Durations as people read them."""


def format_seconds(seconds):
    """Write a duration as people do on telephones: ``1:02:03`` or ``2:03``.

    :param seconds: a number, whose fraction is left out
    :rtype: str
    """
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def count_seconds(start, end):
    """Return the whole seconds between two moments; 0 where one of them is unknown."""
    if not start or not end:
        return 0
    return max(0, round((end - start).total_seconds()))
