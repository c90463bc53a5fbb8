"""Until when memcached is told to keep a value."""

import math

MONTH = 30 * 86400
MARGIN = 60
LAST = 2**31 - 1


def to_exptime(keep: float, now: float) -> int:
    """What memcached has to be told so that a value is there until ``keep``, and a little longer.

    More than thirty days are taken for a date by memcached, so they are written as one; it knows
    none after ``LAST``.
    """
    seconds = max(1, math.ceil(keep - now) + MARGIN)
    return seconds if seconds <= MONTH else min(math.ceil(now) + seconds, LAST)
