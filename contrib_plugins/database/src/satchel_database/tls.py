"""The files that a DSN names for TLS, and what MariaDB's driver makes of them."""

import ssl
from pathlib import Path

from satchel_database.dsn import Dsn
from satchel_database.errors import UnusableDatabase

FILES = {"sslrootcert", "sslcert", "sslkey", "sslcrl", "ca", "cert", "key"}
FOLDER = "capath"
ELSEWHERE = ("charset", "host", "unix_socket", "timeout")


def check_files(dsn: Dsn) -> None:
    """Raise ``UnusableDatabase``, with its name, for a file that cannot be read."""
    for name, path in dsn.options:
        if name not in FILES and name != FOLDER:
            continue
        try:
            _look(name, path)
        except OSError as error:
            raise UnusableDatabase(
                f'"{path}", which "{name}" names, cannot be read ({error.strerror}). Correct the '
                "path, or let the user that satchel runs as read it."
            ) from error


def tls_context(dsn: Dsn) -> ssl.SSLContext | None:
    """How a server of MariaDB is checked, or ``None`` when the DSN does not ask for TLS."""
    given = {name: value for name, value in dsn.options if name not in ELSEWHERE}
    if not given:
        return None
    context = ssl.create_default_context(cafile=given.get("ca"), capath=given.get("capath"))
    if given.get("verify_server_cert", "1").lower() in ("0", "false", "no", "off"):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if "cert" in given:
        context.load_cert_chain(given["cert"], given.get("key"))
    if "cipher" in given:
        context.set_ciphers(given["cipher"])
    return context


def _look(name: str, path: str) -> None:
    if name == FOLDER:
        list(Path(path).iterdir())
        return
    with Path(path).open("rb"):
        return
