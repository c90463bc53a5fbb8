"""Nothing set, nothing started beforehand: one command, and the whole of a day of mail."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from tests.bad_input.answer import Answer
from tests.cluster.journey import EXPECTED, digest, send_three_files, sign_out_for_good
from tests.cluster.traveller import Traveller
from tests.servers.account import Account
from tests.servers.folder import open_server_folder
from tests.servers.ports import pick_free_port
from tests.servers.process import ServerProcess

TOLD = re.compile(r"^(\S+@\S+) (\S+)$", re.MULTILINE)
FILE = re.compile(r'href="(/m/[^/"]+/[0-9-]+/files/[0-9.]+)')


@contextmanager
def open_demo() -> Iterator[ServerProcess]:
    """Type `satchel demo` in an empty folder."""
    with open_server_folder("demo") as folder:
        port, program = pick_free_port(), str(Path(sys.executable).with_name("satchel"))
        command = [program, "demo", "--port", str(port), "--data", str(folder / "data")]
        with ServerProcess(command, port, folder / "demo.log") as demo:
            yield demo


def download_files(person: Traveller, message: str) -> dict[str, str]:
    """Return the names of a message's files with the SHA-256 of each."""
    links = dict.fromkeys(FILE.findall(person.get(message).text))
    answers = [person.get(link) for link in links]
    return {name_file(each): digest(each.body) for each in answers}


def name_file(answer: Answer) -> str:
    """Return the name under which a browser keeps a file."""
    starred = answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2]
    return unquote(starred) or str(answer.headers.get_filename())


def test_a_day_of_mail_without_any_setting() -> None:
    with open_demo() as demo:
        ada, ben = (Account(*each) for each in TOLD.findall(demo.read_log()))
        person, friend = Traveller(demo.port), Traveller(demo.port)
        person.sign_in(ada)
        assert person.get(person.list_folder()[0]).status == 200

        send_three_files(person, ben)
        friend.sign_in(ben)
        newest, *_ = friend.list_folder()

        assert "Three files" in friend.get(newest).text
        assert download_files(friend, newest) == EXPECTED
        sign_out_for_good(person)
