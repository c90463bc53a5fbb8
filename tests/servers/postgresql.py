"""A private PostgreSQL, and replicas that follow it."""

import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.servers.certificates import Certificates
from tests.servers.lesser_user import LesserUser
from tests.servers.ports import pick_free_port
from tests.servers.process import ServerProcess
from tests.servers.programs import SYSTEM_PATH, find_program

NAME, PASSWORD = "mail", "se:cr@t/ word"
QUOTED_PASSWORD = "se%3Acr%40t%2F%20word"
ROOT_PASSWORD = "root"
DEBIAN = Path("/usr/lib/postgresql")
READY_TRIES = 2000
PAUSE = 0.01
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
port = {port}
max_connections = 80
shared_buffers = '32MB'
wal_keep_size = '256MB'
checkpoint_timeout = '1h'
logging_collector = off
log_line_prefix = '%p %u '
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
ssl_ca_file = 'authority.pem'
"""
# Written down before it is run, so what is refused is there as well.
TOLD = re.compile(rf"^\d+ {NAME} LOG:  (?:statement|execute [^:]*): (.*)$", re.MULTILINE)
TELLING = """
log_statement = 'all'
log_parameter_max_length = 0
"""


def find_postgresql(name: str) -> str:
    """Return where a program of PostgreSQL is; Debian keeps them away from the usual places."""
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    for folder in folders:
        if (folder / name).exists():
            return str(folder / name)
    return str(find_program(name))


class Postgresql(ServerProcess):
    """A server with a database `mail`, whose owner signs in with a password over TCP."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """Prepare a server whose data are in a folder already."""
        self.folder = folder
        self.data = folder / "data"
        self.user = LesserUser("postgres")
        port = port or pick_free_port()
        command = [find_postgresql("postgres"), "-D", str(self.data), "-p", str(port)]
        super().__init__(self.user.command(command), port, folder / "postgresql.log")
        self._counted_from = 0

    @property
    def dsn(self) -> str:
        """How satchel reaches it."""
        return f"pgsql://{NAME}:{QUOTED_PASSWORD}@{self.host}:{self.port}/{NAME}"

    @property
    def socket(self) -> str:
        """Where it listens on this machine."""
        return f"{self.folder}/.s.PGSQL.{self.port}"

    def __exit__(self, *_: object) -> None:
        """End the server at once: its data go with it, so that a last checkpoint serves nobody."""
        self._end(signal.SIGQUIT)

    def start(self) -> None:
        """Start the server and return when it answers."""
        super().start()
        ready = [find_postgresql("pg_isready"), "-q", "-h", self.host, "-p", str(self.port)]
        for _ in range(READY_TRIES):
            if subprocess.run(ready, check=False).returncode == 0:
                return
        self.stop()
        raise RuntimeError(f"PostgreSQL does not answer:\n{self.read_log()}")

    def sql(self, statement: str, database: str = NAME) -> str:
        """Let the superuser run a statement; return what it selected, a line a row."""
        return self._run(
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder),
            "-p", str(self.port), "-U", self.user.name, "-d", database, "-c", statement,
        ).strip()  # fmt: skip

    def create_database(self) -> None:
        """Make the database and its owner."""
        quoted = PASSWORD.replace("'", "''")
        self.sql(f"CREATE ROLE {NAME} LOGIN PASSWORD '{quoted}'", "postgres")
        self.sql(f"CREATE DATABASE {NAME} OWNER {NAME}", "postgres")

    def replica(self, folder: Path) -> "Postgresql":
        """Copy this server into a folder; the copy follows this one from its start on."""
        self.user.own(folder)
        self._run(
            "pg_basebackup", "-h", str(self.folder), "-p", str(self.port), "-U", self.user.name,
            "-D", str(folder / "data"), "-R", "-c", "fast", "-X", "stream",
        )  # fmt: skip
        copy = Postgresql(folder)
        copy._configure(TELLING)
        return copy

    def follow(self, primary: "Postgresql") -> None:
        """Follow another server from now on."""
        where = f"host={primary.folder} port={primary.port} user={primary.user.name}"
        self.sql(f"ALTER SYSTEM SET primary_conninfo = '{where}'")
        self.sql("SELECT pg_reload_conf()")

    def note_its_history(self) -> None:
        """Write down in the server's control file which timeline it is on."""
        self.sql("CHECKPOINT")

    def pause(self) -> None:
        """Let the replica fall behind: what it receives is not replayed."""
        self.sql("SELECT pg_wal_replay_pause()")

    def resume(self) -> None:
        """Let the replica replay again."""
        self.sql("SELECT pg_wal_replay_resume()")

    def promote(self) -> None:
        """Make a primary of the replica."""
        self.sql("SELECT pg_promote(true, 10)")

    def wait_for(self, replica: "Postgresql") -> None:
        """Return when the replica has replayed all that was written here."""
        # What no commit follows is not sent for seconds: this one is, with all before it.
        end = self.sql("SELECT pg_logical_emit_message(true, 'tests', 'the end')")
        reached = f"SELECT pg_last_wal_replay_lsn() >= '{end}'"
        while replica.sql(reached) != "t":
            time.sleep(PAUSE)

    def start_log(self) -> None:
        """Count statements from now on; a replica writes all of them down."""
        self._counted_from = len(self.read_log())

    def counts(self, word: str) -> int:
        """Return how many statements of the owner held a word, by the log of a replica."""
        told = self.read_log()[self._counted_from :].replace("\n\t", " ")
        return sum(word.lower() in statement.lower() for statement in TOLD.findall(told))

    def _executor_options(self, output: int) -> dict[str, Any]:
        # By SIGTERM it would wait for its clients to leave.
        return {**super()._executor_options(output), "stop_signal": signal.SIGINT}

    def _configure(self, more: str = "") -> None:
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(folder=self.folder, port=self.port) + more)

    def _run(self, program: str, *arguments: str) -> str:
        return run_as(self.user, [find_postgresql(program), *arguments])


def create_postgresql(folder: Path, certificates: Certificates) -> Postgresql:
    """Make the data of a new server in a folder."""
    server = Postgresql(folder)
    server.user.own(folder)
    server._run(
        "initdb", "-D", str(server.data), "-U", server.user.name, "-N", "-E", "UTF8",
        "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256",
    )  # fmt: skip
    for name, source in (
        ("server.pem", certificates.certificate),
        ("server.key", certificates.key),
        ("authority.pem", certificates.authority),
    ):
        write = ["sh", "-c", 'umask 077; cat > "$0"', str(server.data / name)]
        run_as(server.user, write, source.read_bytes())
    server._configure()
    return server


def run_as(user: LesserUser, command: Sequence[str], given: bytes = b"") -> str:
    """Run a command to its end and return what it printed; its complaint goes into the error."""
    done = subprocess.run(
        user.command(command), input=given, capture_output=True, cwd="/", timeout=60,
        env={"PATH": SYSTEM_PATH, "LC_ALL": "C.UTF-8"}, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} has failed: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()
