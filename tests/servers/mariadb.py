"""A private MariaDB, and replicas that follow it."""

from pathlib import Path

from tests.servers.certificates import Certificates
from tests.servers.lesser_user import LesserUser
from tests.servers.ports import pick_free_port
from tests.servers.postgresql import run_as
from tests.servers.process import ServerProcess
from tests.servers.programs import find_program

NAME, PASSWORD = "mail", "se:cr@t/ word"
QUOTED_PASSWORD = "se%3Acr%40t%2F%20word"
SETTINGS = """[mariadbd]
datadir = {data}
tmpdir = {folder}
socket = {folder}/socket
port = {port}
bind-address = 127.0.0.1
pid-file = {folder}/pid
server_id = {port}
log_bin = binlog
relay_log = relay
binlog_format = ROW
innodb_buffer_pool_size = 64M
innodb_log_file_size = 32M
max_connections = 80
performance_schema = off
skip_name_resolve = on
general_log_file = {folder}/general.log
log_output = FILE
ssl_cert = {folder}/server.pem
ssl_key = {folder}/server.key
ssl_ca = {folder}/authority.pem
"""


class Mariadb(ServerProcess):
    """A server with a database `mail`, whose owner signs in with a password over TCP."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        """Make a new server in a folder, with settings alike for all."""
        self.folder = folder
        self.user = LesserUser("mysql")
        port = pick_free_port()
        self._configuration = folder / "my.cnf"
        self.user.own(folder)
        self._write("server.pem", certificates.certificate.read_bytes())
        self._write("server.key", certificates.key.read_bytes())
        self._write("authority.pem", certificates.authority.read_bytes())
        self._write(
            "my.cnf", SETTINGS.format(folder=folder, data=folder / "data", port=port).encode()
        )
        self._install()
        daemon = [str(find_program("mariadbd")), f"--defaults-file={self._configuration}"]
        super().__init__(self.user.command(daemon), port, folder / "mariadb.log")

    def __exit__(self, *_: object) -> None:
        """End the server at once: its data go with it, and a replica takes its time to leave."""
        self.kill()

    @property
    def dsn(self) -> str:
        """How satchel reaches it."""
        return f"mysql://{NAME}:{QUOTED_PASSWORD}@{self.host}:{self.port}/{NAME}"

    @property
    def socket(self) -> str:
        """Where it listens on this machine."""
        return f"{self.folder}/socket"

    def sql(self, statement: str, database: str = "") -> str:
        """Let the superuser run a statement; return what it selected, a line a row."""
        client = [str(find_program("mariadb")), "--no-defaults", "-N", "-B"]
        account = ["-u", self.user.name, f"--socket={self.socket}"]
        return run_as(self.user, [*client, *account, database, "-e", statement]).strip()

    def create_database(self) -> None:
        """Make the database and its owner."""
        self.sql(
            f"CREATE USER {NAME}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
            f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4;"
            f"GRANT ALL ON {NAME}.* TO {NAME}@'127.0.0.1'"
        )

    def follow(self, primary: "Mariadb") -> None:
        """Become a replica of another server, also after a restart: from what it has on."""
        with self._configuration.open("a") as settings:
            settings.write("read_only = 1\n")
        self.sql(
            "STOP SLAVE;"
            f"CHANGE MASTER TO MASTER_HOST='{primary.host}', MASTER_PORT={primary.port},"
            f" MASTER_USER='follower', MASTER_PASSWORD='follower', MASTER_USE_GTID=slave_pos,"
            f" MASTER_CONNECT_RETRY=1;"
            "SET GLOBAL read_only = 1; START SLAVE"
        )

    def admit_followers(self) -> None:
        """Let replicas sign in."""
        self.sql("GRANT REPLICATION SLAVE ON *.* TO follower@'127.0.0.1' IDENTIFIED BY 'follower'")

    def delay(self, seconds: int) -> None:
        """Let the replica replay everything so much later."""
        self.sql(f"STOP SLAVE; CHANGE MASTER TO MASTER_DELAY={seconds}; START SLAVE")

    def note_its_history(self) -> None:
        """Do nothing: MariaDB has no timelines."""

    def pause(self) -> None:
        """Let the replica fall behind: what it receives is not replayed."""
        self.sql("STOP SLAVE SQL_THREAD")

    def resume(self) -> None:
        """Let the replica replay again."""
        self.sql("START SLAVE SQL_THREAD")

    def promote(self) -> None:
        """Make a primary of the replica."""
        self.sql("STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0")

    def wait_for(self, replica: "Mariadb") -> None:
        """Return when the replica has replayed all that was written here."""
        end = self.sql("SELECT @@gtid_binlog_pos")
        replica.sql(f"SELECT MASTER_GTID_WAIT('{end}', 30)")

    def start_log(self) -> None:
        """Write down every statement from now on, and count them."""
        self._general_log.unlink(missing_ok=True)
        self.sql("SET GLOBAL general_log = 1; FLUSH LOCAL GENERAL LOGS")

    def counts(self, word: str) -> int:
        """Return how many statements held a word since the log began, by the server's own log.

        What replication does is not in this log.
        """
        lines = self._general_log.read_text(errors="replace").splitlines()
        told = [line for line in lines if "Query\t" in line or "Execute\t" in line]
        return sum(word.lower() in line.lower() for line in told)

    @property
    def _general_log(self) -> Path:
        return self.folder / "general.log"

    def _install(self) -> None:
        install = [
            str(find_program("mariadb-install-db")),
            "--auth-root-authentication-method=socket",
        ]
        options = [f"--defaults-file={self._configuration}", "--skip-test-db"]
        admin = f"--auth-root-socket-user={self.user.name}"
        run_as(self.user, [install[0], *options, install[1], admin])

    def _write(self, name: str, content: bytes) -> None:
        run_as(self.user, ["sh", "-c", 'umask 077; cat > "$0"', str(self.folder / name)], content)
