"""A private Postfix: submission with STARTTLS, TLS and AUTH, delivering to Dovecot."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.servers.account import DOMAIN
from tests.servers.dovecot import Dovecot
from tests.servers.ports import pick_free_ports
from tests.servers.process import ServerProcess
from tests.servers.programs import find_program, report_missing

TEMPLATES = ("postfix-main.cf", "postfix-master.cf")
MESSAGE_SIZE_LIMIT = 200 * 1024 * 1024


class Postfix(ServerProcess):
    """The SMTP server that takes what satchel sends, from those who sign in."""

    def __init__(self, folder: Path, dovecot: Dovecot) -> None:
        """Write the configuration of a server that delivers to the accounts of a Dovecot."""
        postfix = find_program("postfix")
        if os.geteuid() != 0:
            report_missing("Postfix can only be started by root.")
        self.folder = folder
        self.dovecot = dovecot
        self.message_size_limit = MESSAGE_SIZE_LIMIT
        port, self.tls_port = pick_free_ports(2)
        self._configure(port)
        self._check(postfix)
        master = Path(self._ask("daemon_directory")) / "master"
        command = [str(master), "-c", str(folder), "-d"]
        super().__init__(command, port, folder / "postfix.log")

    def _configure(self, port: int) -> None:
        (self.folder / "data").mkdir()
        shutil.chown(self.folder / "data", "postfix")
        (self.folder / "queue").mkdir()
        values = {
            "folder": self.folder,
            "domain": DOMAIN,
            "port": port,
            "tls_port": self.tls_port,
            "lmtp_port": self.dovecot.lmtp_port,
            "auth_socket": self.dovecot.auth_socket,
            "recipients": self.dovecot.recipients,
            "certificate": self.dovecot.certificates.certificate,
            "key": self.dovecot.certificates.key,
            "message_size_limit": self.message_size_limit,
        }
        for name in TEMPLATES:
            template = Path(__file__).with_name(name).read_text()
            filled = re.sub(r"@(\w+)@", lambda match: str(values[match[1]]), template)
            (self.folder / name.removeprefix("postfix-")).write_text(filled)

    def _check(self, postfix: Path) -> None:
        """Let Postfix make the folders of its queue."""
        subprocess.run([postfix, "-c", str(self.folder), "check"], check=True, capture_output=True)

    def _ask(self, setting: str) -> str:
        command = [str(find_program("postconf")), "-c", str(self.folder), "-h", setting]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
