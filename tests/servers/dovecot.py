"""A private Dovecot: IMAP with and without TLS, LMTP, and the passwords that SMTP asks for."""

import grp
import os
import pwd
import re
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from tests.servers.account import Account, name_account
from tests.servers.certificates import Certificates
from tests.servers.mailbox import Mailbox
from tests.servers.ports import pick_free_ports
from tests.servers.process import ServerProcess
from tests.servers.programs import find_program, report_missing

CONFIGURATION = Path(__file__).with_name("dovecot.conf")
MAIL_USER = "nobody"


class Dovecot(ServerProcess):
    """The mail server that the tests believe."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        """Write the configuration of a server that keeps everything in a folder."""
        program = find_supported_dovecot()
        self.folder = folder
        self.certificates = certificates
        self.auth_socket = folder / "auth"
        self.recipients = folder / "recipients"
        self._passwords = folder / "passwords"
        self.recipients.touch()
        self._passwords.mkdir()
        port, self.tls_port, self.lmtp_port = pick_free_ports(3)
        configuration = self._configure(port)
        command = [str(program), "-F", "-c", str(configuration)]
        super().__init__(command, port, folder / "dovecot.log")

    @property
    def accounts(self) -> list[Account]:
        """Everybody who can sign in."""
        lines = self.recipients.read_text().splitlines()
        return [name_account(line.partition("@")[0]) for line in lines]

    def add_account(self, name: str) -> Account:
        """Let somebody sign in and receive mail; SMTP knows them on connections from now on.

        The server must be running: a first visit makes the folders, because Dovecot stumbles
        when IMAP and LMTP come first at the same moment.
        """
        account = name_account(name)
        if account not in self.accounts:
            password = f"{account.address}:{{PLAIN}}{account.password}\n"
            (self._passwords / account.address).write_text(password)
            Mailbox(self.host, self.port, account).clear()
            self._announce(account)
        return account

    def add_accounts(self, names: Iterable[str]) -> list[Account]:
        """Let several people sign in and receive mail."""
        return [self.add_account(name) for name in names]

    def mailbox(self, address: str) -> Mailbox:
        """Return the folders of an account that was added before."""
        account = next(each for each in self.accounts if each.address == address)
        return Mailbox(self.host, self.port, account)

    def _announce(self, account: Account) -> None:
        """Tell the SMTP server of an account, in a file that looks old.

        Postfix reads no file before it has lain untouched for a second.
        """
        with self.recipients.open("a") as recipients:
            recipients.write(f"{account.address} mailbox\n")
        earlier = time.time() - 60
        os.utime(self.recipients, (earlier, earlier))

    def _configure(self, port: int) -> Path:
        mail = self.folder / "mail"
        mail.mkdir()
        owner, internal, login = _users()
        os.chown(mail, owner.pw_uid, owner.pw_gid)
        values = {
            "folder": self.folder,
            "port": port,
            "tls_port": self.tls_port,
            "lmtp_port": self.lmtp_port,
            "certificate": self.certificates.certificate,
            "key": self.certificates.key,
            "uid": owner.pw_uid,
            "gid": owner.pw_gid,
            "internal_user": internal.pw_name,
            "internal_group": grp.getgrgid(internal.pw_gid).gr_name,
            "login_user": login.pw_name,
            "chroot": "login" if os.geteuid() == 0 else "",
            "anvil_chroot": "empty" if os.geteuid() == 0 else "",
        }
        written = self.folder / "dovecot.conf"
        written.write_text(_fill(CONFIGURATION.read_text(), values))
        return written


def find_supported_dovecot() -> Path:
    """Return where Dovecot is, if it is of the series whose configuration we can write."""
    program = find_program("dovecot")
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if not answer.stdout.startswith("2.3."):
        version = answer.stdout.split()[0]
        report_missing(f"The tests configure Dovecot 2.3; the one at {program} is {version}.")
    return program


def _users() -> tuple[pwd.struct_passwd, pwd.struct_passwd, pwd.struct_passwd]:
    if os.geteuid() != 0:
        myself = pwd.getpwuid(os.geteuid())
        return myself, myself, myself
    return pwd.getpwnam(MAIL_USER), pwd.getpwnam("dovecot"), pwd.getpwnam("dovenull")


def _fill(template: str, values: dict[str, object]) -> str:
    return re.sub(r"@(\w+)@", lambda match: str(values[match[1]]), template)
