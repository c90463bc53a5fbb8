"""The mail that a demo begins with."""

import email
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from satchel_site.demo.seed import seed_account, write_letters

DAY = date(2026, 3, 14)


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def messages() -> list[EmailMessage]:
    return [read(letter.content) for letter in write_letters("ada", DAY)]


def test_same_day_makes_the_same_letters() -> None:
    assert write_letters("ada", DAY) == write_letters("ada", DAY)


def test_nothing_lies_in_the_future() -> None:
    assert (
        max(letter.when for letter in write_letters("ada", DAY))
        < datetime.combine(DAY, datetime.max.time()).astimezone()
    )


def test_every_letter_is_well_formed_and_in_crlf() -> None:
    for letter in write_letters("ada", DAY):
        assert not read(letter.content).defects
        assert letter.content.count(b"\n") == letter.content.count(b"\r\n")


def test_message_ids_are_unique_and_answers_refer_to_what_is_there() -> None:
    found = [message["Message-ID"] for message in messages()]

    assert len(found) == len(set(found))
    known = {name.strip("<>") for name in found}
    for message in messages():
        assert {one.strip("<>") for one in str(message["References"] or "").split()} <= known


def test_one_letter_goes_to_sixty() -> None:
    assert 60 in [len(message["To"].addresses) for message in messages() if message["To"]]


def test_every_shown_picture_is_in_its_letter() -> None:
    (letter,) = (one for one in messages() if one["Subject"] == "Photographs from the hills")
    pictures = {
        part["Content-ID"]: part.get_content() for part in letter.walk() if part["Content-ID"]
    }

    for name in ("<hills@nunez.example>", "<mark@nunez.example>"):
        assert pictures[name].startswith(b"\x89PNG\r\n")


def test_pdf_says_where_its_objects_are() -> None:
    (letter,) = (one for one in messages() if "2048" in str(one["Subject"]))
    (paper,) = letter.iter_attachments()
    content = paper.get_content()

    table = int(content.split(b"startxref\n")[1].split()[0])
    assert content[table:].startswith(b"xref\n0 6\n")
    for number, line in enumerate(content[table:].splitlines()[3:8], 1):
        assert content[int(line[:10]) :].startswith(b"%d 0 obj" % number)


def test_account_that_is_there_is_not_filled_again(tmp_path: Path) -> None:
    seed_account(tmp_path / "ada", "ada@satchel.example", DAY)
    before = sorted(tmp_path.rglob("*"))
    seed_account(tmp_path / "ada", "ada@satchel.example", date(2026, 3, 15))

    assert before == sorted(tmp_path.rglob("*"))


def test_start_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "ada.partial" / "cur").mkdir(parents=True)
    (tmp_path / "ada.partial" / "cur" / "half").touch()

    seed_account(tmp_path / "ada", "ada@satchel.example", DAY)

    assert not (tmp_path / "ada.partial").exists()
    assert not (tmp_path / "ada" / "cur" / "half").exists()
    assert len(list((tmp_path / "ada" / "cur").iterdir())) > 100
