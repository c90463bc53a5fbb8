"""Which servers of MariaDB's protocol are known, by what they say before anybody signs in."""

import re

from satchel_database.errors import UnfitServer

OLDEST = (10, 6)
# What servers before 11 put before their version, for old replicas.
GREETING = re.compile(r"(?:5\.5\.5-)?(?P<major>\d+)\.(?P<minor>\d+)")


def check_version(greeting: str) -> None:
    """Raise ``UnfitServer`` for MySQL, and for a MariaDB that lacks what is used here."""
    if "mariadb" not in greeting.lower():
        raise UnfitServer(f"It is no MariaDB but MySQL {greeting}, which is not known yet.")
    found = GREETING.match(greeting)
    if found and (int(found["major"]), int(found["minor"])) < OLDEST:
        raise UnfitServer(f"It is {greeting}: MariaDB has to be 10.6 or newer.")
