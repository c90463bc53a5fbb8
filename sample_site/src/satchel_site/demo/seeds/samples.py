"""Single letters, each with something that a webmail has to get right."""

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from satchel_site.demo.seeds.enclosures import draw_hills, draw_mark, write_invitation, write_pdf
from satchel_site.demo.seeds.hostile import write_hostile
from satchel_site.demo.seeds.letters import Draft, Enclosure, Letter, age, as_bytes

ADA = "Ada Winter <ada@satchel.example>"

INVOICE = write_pdf(
    [
        "Gruenwerk Gartenbau, Lindenweg 4, 12345 Musterstadt",
        "",
        "Rechnung / Invoice 2048",
        "",
        "3 h   Trimming the hedge             135.00 EUR",
        "1     Rosa canina, bare root          12.80 EUR",
        "                                     --------",
        "Total incl. VAT                      147.80 EUR",
        "",
        "Payable within 14 days. Thank you (and the hedge thanks you too).",
    ]
)


def write_samples(today: datetime) -> Iterator[Letter]:
    """Write the letters with enclosures, with unusual headers, and the hostile one."""
    drafts = (_invoice, _photographs, _invitation, _crowd, _filenames, _flowed)
    for write in drafts:
        draft, folder, flags = write(today)
        yield Letter(folder, draft.when, flags, draft.write())
    yield Letter("INBOX", age(today, 8.2), "S", _empty(age(today, 8.2)))
    yield Letter("Junk", age(today, 1.7), "", write_hostile(age(today, 1.7)))
    yield Letter("INBOX", age(today, 5.5), "", write_hostile(age(today, 5.5)))


_Written = tuple[Draft, str, str]


def _invoice(today: datetime) -> _Written:
    text = "Liebe Frau Winter,\n\nanbei die Rechnung für die Hecke.\n\nIhr Grünwerk\n"
    sender = "Grünwerk Gartenbau <rechnung@gruenwerk.example>"
    paper = Enclosure("Rechnung 2048.pdf", "application/pdf", INVOICE)
    draft = Draft(sender, [ADA], "Rechnung 2048 für Ihre Hecke", age(today, 0.8), text)
    draft.enclosures = (paper,)
    return draft, "INBOX", "F"


def _photographs(today: datetime) -> _Written:
    html = (
        "<p>The evening before the rain:</p>"
        '<p><img src="cid:hills@nunez.example" alt="Two hills at dusk" width="360"></p>'
        '<p>and the mark on the stone: <img src="cid:mark@nunez.example" alt="Three circles"></p>'
        "<p>Tomás</p>"
    )
    text = "The evening before the rain: [hills]\n\nand the mark on the stone: [mark]\n\nTomás\n"
    sender = "Tomás Núñez <tomas@nunez.example>"
    draft = Draft(sender, [ADA], "Photographs from the hills", age(today, 0.35), text, html)
    draft.enclosures = (
        Enclosure("hills.png", "image/png", draw_hills(), "hills@nunez.example"),
        Enclosure("mark.png", "image/png", draw_mark(), "mark@nunez.example"),
    )
    return draft, "INBOX", ""


def _invitation(today: datetime) -> _Written:
    start = age(today, -3.2)
    sender = "Priya Raman <priya@conference.example>"
    text = f"Rehearsal of the talk\n{start:%d %B, %H:%M} UTC, room 2.14\n"
    draft = Draft(sender, [ADA], "Invitation: rehearsal of the talk", age(today, 1.15), text)
    event = write_invitation(start, "rehearsal-1@conference.example")
    draft.enclosures = (Enclosure("invite.ics", "text/calendar", event),)
    return draft, "INBOX", ""


def _crowd(today: datetime) -> _Written:
    names = ("Alex", "Bo", "Chris", "Dana", "Eli", "Fran", "Gil", "Hana", "Ira", "Jo")
    lines = ("Allotment", "Choir", "Cycling", "Library", "Repairs", "Theatre")
    crowd = [
        f"{name} of {group} <{name.lower()}.{group.lower()}@neighbours.example>"
        for group in lines
        for name in names
    ]
    text = "Dear all of you,\n\nsoup at the street party, Saturday, from noon. Bring a spoon.\n"
    sender = "Street Party <party@neighbours.example>"
    return Draft(sender, [ADA, *crowd[:59]], "Street party", age(today, 11.3), text), "INBOX", "S"


def _filenames(today: datetime) -> _Written:
    names = (
        "Überblick - Q3 (final) [v2].txt",
        "報告書.txt",
        'quotes " and ; semicolons.txt',
        "../../etc/passwd",
        "a" * 180 + ".txt",
        "readme.txt.exe",
        "‮txt.evil.html",  # a name that shows itself backwards
    )
    draft = Draft(
        "Olu Adeyemi <olu@orchard.example>",
        [ADA],
        "Files with names that break things",
        age(today, 6.1),
        "Seven files. None of them may land anywhere but where you tell it to.\n\nOlu\n",
        enclosures=tuple(Enclosure(name, "application/octet-stream", b"text\n") for name in names),
    )
    return draft, "INBOX", "S"


def _flowed(today: datetime) -> _Written:
    draft = Draft(
        "Clara Lindqvist <clara@lindqvist.example>",
        [ADA],
        "Written on the train",
        age(today, 14.6),
        "This letter flows: each of these lines ends with a space, so that a \n"
        "reader with a narrow window may wrap it where it likes, and one with a \n"
        "wide one need not.\n\n> And this is quoted, and flows as well, \n> all the way.\n\n-- \n"
        "Clara\n",
    )
    return draft, "Archive", "S"


def _empty(when: datetime) -> bytes:
    message = EmailMessage(SMTP)
    message["From"] = "Sam Fischer <sam@fischer.example>"
    message["To"] = ADA
    message["Date"] = when
    message["Message-ID"] = "<nothing@fischer.example>"
    return as_bytes(message, "nothing")
