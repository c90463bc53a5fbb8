"""`satchel serve` with settings that are wrong: it ends at once, and says all that is wrong."""

import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from satchel.commands import main
from tests.bad_input.operator import End, Operator, expect_sentences
from tests.servers.folder import open_server_folder

STORE = "class Store:\n    pass\n"
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def operator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    """An operator with an empty folder."""
    with open_server_folder("operator") as folder:
        yield Operator(folder, monkeypatch, capsys)


WRONG: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
    "an unknown store": ({"session_storage": "dbb"}, ('"dbb"', "Installed: ", '"db"')),
    "an unknown file store": ({"attachment_storage": "filesytem"}, ('"filesystem"',)),
    "an unknown wrapper": ({"attachment_wrap": ["nothing"]}, ('"nothing"',)),
    "an unknown plugin": ({"plugins": ["../x"]}, ("plugins",)),
    "an unknown word": ({"tmep_dir": "/tmp"}, ("tmep_dir", "temp_dir")),
    "a word of another type": ({"session_lifetime": "soon"}, ("session_lifetime", '"soon"')),
    "no time to live": ({"session_lifetime": 0}, ("session_lifetime",)),
    "a negative size": ({"max_message_size": -1}, ("max_message_size",)),
    "yes for a number": ({"imap_timeout": "yes"}, ("imap_timeout",)),
    "text for a truth": ({"use_https": "no"}, ("use_https",)),
    "no secret": ({"secret": None}, ("secret",)),
    "a short secret": ({"secret": "short"}, ("secret",)),
    "a mail server that is none": ({"imap_host": "ftp://x"}, ("imap_host",)),
    "a port that is none": ({"smtp_host": "localhost:99999"}, ("smtp_host",)),
    "a database that is none": ({"db_dsnw": "nonsense"}, ("db_dsnw",)),
    "a database of no kind": ({"db_dsnw": "oracle://x/y"}, ("db_dsnw",)),
    "no folder for files": ({"temp_dir": None}, ("temp_dir",)),
    "an unknown option": ({"database": {"poool": 2}}, ("poool",)),
    "an authority that is not there": ({"mail_ca_file": "/nowhere.pem"}, ("mail_ca_file",)),
}


@pytest.mark.parametrize(("words", "sentences"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_said_and_nothing_is_served(
    operator: Operator, words: dict[str, object], sentences: tuple[str, ...]
):
    expect_sentences(operator.serve(operator.settings(**words)), *sentences)


def test_all_that_is_wrong_is_said_at_once(operator: Operator):
    settings = operator.settings(
        secret="short", session_storage="dbb", session_lifetime="soon", tmep_dir="x"
    )

    end = operator.type(settings)

    expect_sentences(end, "secret", '"dbb"', "session_lifetime", "tmep_dir")
    assert len(end.problems) >= 4
    assert "short" not in "".join(end.problems).replace("shorter", "").replace("too short", "")


@pytest.mark.parametrize(
    "text", ["secret = ", "\0", "[[", 'secret = "a"\nsecret = "b"', "\ufeff = 1"]
)
def test_a_file_that_is_no_toml_is_named(operator: Operator, text: str):
    expect_sentences(operator.serve(text), "satchel.toml")


def test_a_file_that_is_not_there_is_named(operator: Operator):
    missing = operator.folder / "missing.toml"
    code = main(["serve", "--config", str(missing)])

    expect_sentences(End(code, "".join(operator.capture.readouterr())), "missing.toml")


def occupy(place: Path) -> str:
    """Put a file where a folder is wanted."""
    (place / "taken").write_text("a file")
    return str(place / "taken")


UNWRITABLE: dict[str, Callable[[Path], str]] = {
    "a file": occupy,
    "inside a file": lambda place: f"{occupy(place)}/files",
    "kernel's": lambda _: "/proc/satchel",
    "devices'": lambda _: "/dev/null",
}


@pytest.mark.parametrize("make", UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_folder_that_cannot_be_written_is_named(operator: Operator, make: Callable[[Path], str]):
    place = make(operator.folder)

    expect_sentences(operator.serve(operator.settings(temp_dir=place)), place)


@pytest.mark.parametrize("make", UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_database_that_cannot_be_written_is_named(
    operator: Operator, make: Callable[[Path], str]
):
    place = f"{make(operator.folder)}/satchel.db"

    expect_sentences(operator.serve(operator.settings(db_dsnw=f"sqlite:///{place}")), place)


def test_a_database_that_is_none_is_named(operator: Operator):
    (operator.folder / "satchel.db").write_bytes(b"This is no database at all. " * 1000)

    expect_sentences(operator.type(operator.settings()), "satchel.db")
    assert (operator.folder / "satchel.db").read_bytes().startswith(b"This is no database")


def test_all_that_cannot_start_is_said_at_once(operator: Operator):
    place = occupy(operator.folder)
    settings = operator.settings(temp_dir=place, db_dsnw=f"sqlite:///{place}/satchel.db")

    end = operator.serve(settings)

    expect_sentences(end, place)
    assert len(end.problems) >= 2


def test_a_port_that_is_taken_is_named(operator: Operator):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        expect_sentences(operator.type(operator.settings(), port), str(port))


@pytest.mark.parametrize(
    ("group", "requires", "code", "sentences"),
    [
        ("satchel.v1.session", "", "raise RuntimeError('broken in two')", ("broken in two",)),
        ("satchel.v1.session", "", "raise SystemExit(0)", ("SystemExit",)),
        ("satchel.v1.session", "", "import no_such_library", ("no_such_library",)),
        ("satchel.v1.session", "", STORE, ()),
        ("satchel.v2.session", "", "raise SystemExit(0)", ("contract v2", "v1")),
        ("satchel.v1.session", "satchel-hookspecs>=7", "raise SystemExit(0)", ("hookspecs>=7",)),
    ],
    ids=["raises", "leaves", "lacks a library", "is no store", "contract v2", "a later contract"],
)
def test_a_plugin_that_is_broken_is_named(
    operator: Operator, group: str, requires: str, code: str, sentences: tuple[str, ...]
):
    name = f"acme-{secrets.token_hex(4)}"
    operator.install(name, group, "vault", code, requires)

    end = operator.serve(operator.settings(session_storage="vault"))

    expect_sentences(end, f"{name} 1.0", *sentences)


def test_two_packages_with_one_name_are_both_named(operator: Operator):
    for name in ("acme-vault", "umbra-vault"):
        operator.install(name, "satchel.v1.session", "vault", STORE)

    end = operator.type(operator.settings(session_storage="vault"))

    expect_sentences(end, "acme-vault 1.0", "umbra-vault 1.0", "pip uninstall")
