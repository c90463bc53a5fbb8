"""What is told at start about a server that cannot be used, with the way out."""

from collections.abc import Sequence

from satchel_database.errors import UnfitServer, UnusableDatabase
from satchel_database.hosts import NoHost
from satchel_database.reach import Reach

REFUSED = {"28P01", "28000", "1045", "1044", "1698"}
MISSING = {"3D000", "1049"}


def refusal(setting: str, error: Exception) -> UnusableDatabase:
    """The error for the operator who wrote ``setting``."""
    for reason in reasons(error):
        if isinstance(reason, UnfitServer):
            return UnfitServer(f"{setting}: {reason}")
        if code(reason) in REFUSED:
            return UnusableDatabase(
                f"{setting}: the server refuses the user or the password ({text(reason)}). "
                'Correct them; letters such as "@" and "/" may be written as "%40" and "%2F".'
            )
        if code(reason) in MISSING:
            return UnusableDatabase(
                f"{setting}: the server has no such database ({text(reason)}). Create it, or name "
                "another after the host."
            )
    return UnusableDatabase(
        f"{setting}: the server cannot be reached ({text(error)}). Start it, or correct its host "
        "and port."
    )


def check_kinship(replica: Reach | None, writer: Reach | None) -> None:
    """Raise ``UnfitServer`` when the reader is a copy of something else."""
    if replica is not None and writer is not None and not replica.is_of(writer):
        raise UnfitServer(
            "db_dsnr: the reader belongs to another cluster than the writer. Name one of its "
            "replicas, or leave db_dsnr empty."
        )


def is_mistake(error: Exception) -> bool:
    """Whether waiting cannot help: the settings are wrong."""
    return any(
        isinstance(reason, UnusableDatabase) or code(reason) in REFUSED | MISSING
        for reason in reasons(error)
    )


def reasons(error: Exception) -> Sequence[Exception]:
    """What went wrong, host by host."""
    return error.reasons if isinstance(error, NoHost) else [error]


def code(error: BaseException | None) -> str:
    """The database's own number for an error, or nothing."""
    first = error.args[0] if error is not None and error.args else ""
    if isinstance(first, int):
        return str(first)
    return str(getattr(error, "sqlstate", None) or "")


def text(error: Exception) -> str:
    """The error in words; a timeout has none of its own."""
    return str(error) or "no answer in time"
