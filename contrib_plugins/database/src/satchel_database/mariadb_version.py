"""Which servers of MariaDB's protocol are known, by what they say before anybody signs in."""

import re

from satchel_database.errors import UnfitServer

OLDEST = (10, 6)
# The release of each series that came with innodb_snapshot_isolation; later series have it.
SNAPSHOTS = {(10, 6): 18, (10, 11): 8}
SNAPSHOTS_EVERYWHERE = (11, 4, 2)
# What servers before 11 put before their version, for old replicas.
GREETING = re.compile(r"(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)")


def check_version(greeting: str) -> None:
    """Raise ``UnfitServer`` for MySQL, and for a MariaDB that lacks what is used here."""
    if "mariadb" not in greeting.lower():
        raise UnfitServer(f"It is no MariaDB but MySQL {greeting}, which is not known yet.")
    if _version(greeting) < OLDEST:
        raise UnfitServer(f"It is {greeting}: MariaDB has to be 10.6 or newer.")


def isolates_snapshots(greeting: str) -> bool:
    """Whether it may refuse a change of a row that was changed since the transaction's first look.

    Where it may, since 11.6.2 it does, unless it is told otherwise.
    """
    version = _version(greeting)
    first = SNAPSHOTS.get(version[:2])
    return version >= SNAPSHOTS_EVERYWHERE or (first is not None and version[2] >= first)


def _version(greeting: str) -> tuple[int, int, int]:
    found = GREETING.match(greeting)
    if found is None:
        raise UnfitServer(f'It says that its version is "{greeting}", which is not known.')
    major, minor, release = (int(number) for number in found.groups())
    return major, minor, release
