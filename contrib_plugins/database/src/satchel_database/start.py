"""What is told at start about a server that cannot be used, with the way out."""

import ssl
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from satchel_database.dsn import Dsn
from satchel_database.errors import UnfitServer, UnusableDatabase
from satchel_database.hosts import NoHost
from satchel_database.reach import Reach

REFUSED = {"28P01", "28000", "1045", "1698"}
MISSING = {"3D000", "1049"}
NO_SCHEMA = {"3F000"}
FORBIDDEN = {"42501", "1044", "1142"}
POOLED = {"08P01"}
MISTAKES = REFUSED | MISSING | NO_SCHEMA | FORBIDDEN | POOLED


def refusal(setting: str, error: Exception, dsn: Dsn) -> UnusableDatabase:
    """The error for the operator who wrote ``setting``: each host with its own way out."""
    named = error.reasons if isinstance(error, NoHost) else [("", error)]
    if len(named) == 1:
        return UnusableDatabase(f"{setting}: {advice(named[0][1], dsn)}")
    told = (f"{name}: {advice(reason, dsn)}" for name, reason in named)
    return UnusableDatabase(f"{setting}: {' '.join(told)}")


def advice(error: Exception, dsn: Dsn) -> str:
    """What is wrong, and what to do about it."""
    if isinstance(error, UnusableDatabase):
        return str(error)
    known = _advice_on_code(error, dsn) or _advice_on_tls(error)
    return known or (
        f"the server cannot be reached ({text(error)}). Start it, or correct its host and port."
    )


def forbidden(plugin: str, error: DBAPIError, dsn: Dsn, schema: str | None) -> UnusableDatabase:
    """The error for an operator whose user may not make the tables of a plugin."""
    way_out = _advice_on_code(error.orig, dsn, schema)
    return UnusableDatabase(f'The tables of "{plugin}" cannot be made: {way_out}')


def is_forbidden(error: DBAPIError) -> bool:
    """Whether the user may not do it, or has nowhere to do it in."""
    return code(error.orig) in FORBIDDEN | NO_SCHEMA | MISSING


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
        isinstance(reason, UnusableDatabase) or code(reason) in MISTAKES
        for reason in reasons(error)
    )


def reasons(error: Exception) -> Sequence[Exception]:
    """What went wrong, host by host."""
    return [reason for _, reason in error.reasons] if isinstance(error, NoHost) else [error]


def code(error: BaseException | None) -> str:
    """The database's own number for an error, or nothing."""
    first = error.args[0] if error is not None and error.args else ""
    if isinstance(first, int):
        return str(first)
    return str(getattr(error, "sqlstate", None) or "")


def text(error: BaseException) -> str:
    """The error in words; a timeout has none of its own."""
    return str(error) or "no answer in time"


def grant(dsn: Dsn, schema: str | None = None) -> str:
    """What an administrator types to let the user keep tables."""
    if dsn.family == "mysql":
        return f"GRANT ALL ON `{schema or dsn.database}`.* TO '{dsn.user}'@'%'"
    place = schema or dsn.option("schema") or "public"
    return f'GRANT USAGE, CREATE ON SCHEMA "{place}" TO "{dsn.user}"'


def _advice_on_code(error: BaseException | None, dsn: Dsn, schema: str | None = None) -> str | None:
    found, said = code(error), text(error) if error else ""
    if found in REFUSED:
        return (
            f"the server refuses the user or the password ({said}). "
            'Correct them; letters such as "@" and "/" may be written as "%40" and "%2F".'
        )
    if found in MISSING:
        return (
            f"the server has no such database ({said}). Create it, or name another after the host."
        )
    if found in NO_SCHEMA:
        return (
            f"the database has no such schema, or none that the user may use ({said}). Create it "
            f"or correct its name, and let an administrator type: {grant(dsn, schema)}"
        )
    if found in FORBIDDEN:
        return (
            f"the user may not do that there ({said}). Create what is missing, and let an "
            f"administrator type: {grant(dsn, schema)}"
        )
    if found in POOLED:
        return (
            f"it refuses how a connection begins ({said}). Where it is a PgBouncer, let it pool "
            "sessions, and name what it refuses in its ignore_startup_parameters."
        )
    return None


def _advice_on_tls(error: Exception) -> str | None:
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"the certificate of the server is not accepted ({cause.verify_message}). Name the "
            "authority that signed it, and the host as the certificate does."
        )
    if isinstance(cause, ssl.SSLError) or "SSL" in text(error):
        return (
            f'TLS does not come about ({text(error)}). Correct the options after the "?" and '
            "the files that they name, or turn TLS on at the server."
        )
    return None
