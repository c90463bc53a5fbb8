"""People who write to each other."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from satchel_site.demo.seeds.letters import Draft, Letter, age, read_table


def write_conversations(owner: str, today: datetime) -> Iterator[Letter]:
    """Write every conversation that the owner takes part in; own words go to Sent."""
    people: dict[str, str] = read_table("people.toml")
    for thread in read_table("threads.toml")["thread"]:
        if owner == "ada" or owner in thread["to"]:
            yield from _write_thread(owner, thread, people, today)


def _write_thread(
    owner: str, thread: dict[str, Any], people: dict[str, str], today: datetime
) -> Iterator[Letter]:
    earlier: list[str] = []
    for mail in thread["mails"]:
        by = mail["by"]
        to = [people[one] for one in _readers(thread, by)]
        subject = ("Re: " if earlier else "") + thread["subject"]
        draft = Draft(people[by], to, subject, age(today, mail["days"]), mail["text"])
        draft.headers = _headers(thread, earlier)
        earlier.append(draft.message_id)
        folder, flags = ("Sent", "S") if by == owner else ("INBOX", mail.get("flags", "S"))
        yield Letter(folder, draft.when, flags, draft.write())


def _readers(thread: dict[str, Any], by: str) -> list[str]:
    # Who began a conversation hears the answers, also when the first letter was not to them.
    everyone = dict.fromkeys([thread["mails"][0]["by"], *thread["to"]])
    return ["list"] if "list" in thread else [one for one in everyone if one != by]


def _headers(thread: dict[str, Any], earlier: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    if earlier:
        headers |= {"In-Reply-To": earlier[-1], "References": " ".join(earlier)}
    if "list" in thread:
        headers |= {
            "List-Id": f"<{thread['list']}>",
            "List-Post": "<mailto:orchard-dev@lists.example>",
            "Precedence": "list",
        }
    return headers
