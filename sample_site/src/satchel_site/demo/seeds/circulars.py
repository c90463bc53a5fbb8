"""Mail that machines send to many: notices and newsletters."""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any

from satchel_site.demo.seeds.letters import Draft, Letter, age, read_table

_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>{title}</title>
<style>
  body {{ margin: 0; background: #f3f1ec; font-family: Georgia, serif; color: #222; }}
  .sheet {{ max-width: 600px; margin: 0 auto; background: #fff; }}
  .lead {{ font-size: 18px; line-height: 1.5; padding: 0 24px; }}
  li {{ margin: 8px 0; }}
  @media (max-width: 480px) {{ .lead {{ font-size: 16px; }} }}
</style></head>
<body><table class="sheet" role="presentation" width="600" cellpadding="0" cellspacing="0">
<tr><td style="background: {accent}; color: #fff; padding: 20px 24px;">{sender}</td></tr>
<tr><td><img src="https://{host}/pictures/{number}.jpg" width="600" height="220" alt="{title}">
<h1 style="padding: 0 24px; color: {accent};">{title}</h1><p class="lead">{lead}</p>
<ul style="padding: 0 48px;">{items}</ul>
<p style="padding: 0 24px;"><a href="https://{host}/issues/{number}"
   style="background: {accent}; color: #fff; padding: 10px 18px; text-decoration: none;">Read</a>
</p></td></tr>
<tr><td style="padding: 24px; font-size: 12px; color: #666;">
You get this because you asked for it.
<a href="https://{host}/unsubscribe?reader=ada">Unsubscribe</a>
<img src="https://count.{host}/opened.gif?reader=ada&amp;issue={number}"
 width="1" height="1" alt="">
</td></tr></table></body></html>
"""


def write_bulletins(to: str, today: datetime) -> Iterator[Letter]:
    """Write the notices of builds, parcels, the library, the bank and the calendar."""
    for bulletin in read_table("bulletins.toml")["bulletin"]:
        for turn in range(bulletin["count"]):
            yield _write_bulletin(bulletin, turn, to, today)


def _write_bulletin(bulletin: dict[str, Any], turn: int, to: str, today: datetime) -> Letter:
    words = bulletin["texts"][turn % len(bulletin["texts"])]
    number = 4200 + 17 * (bulletin["count"] - turn)
    draft = Draft(
        bulletin["by"],
        [to],
        bulletin["subject"].format(number=number, state=words["state"]),
        age(today, bulletin["start"] + turn * bulletin["every"]),
        words["text"].format(number=number),
        headers={"Auto-Submitted": "auto-generated"},
    )
    return Letter("INBOX", draft.when, "" if turn < bulletin["unseen"] else "S", draft.write())


def write_newsletters(to: str, today: datetime) -> Iterator[Letter]:
    """Write the newsletters: laid out with tables, with pictures and a pixel that counts."""
    issues = read_table("newsletters.toml")["issue"]
    for turn in range(2 * len(issues)):
        yield _write_newsletter(issues[turn % len(issues)], turn, to, today)


def _write_newsletter(issue: dict[str, Any], turn: int, to: str, today: datetime) -> Letter:
    sender, _, address = issue["by"].rstrip(">").partition(" <")
    host = address.partition("@")[2]
    again = turn >= 8
    title = f"{issue['title']} (from the archive)" if again else issue["title"]
    lines = "".join(f"- {item}\n" for item in issue["items"])
    page = _PAGE.format(
        title=escape(title),
        accent=issue["accent"],
        sender=escape(sender),
        host=host,
        number=140 - turn,
        lead=escape(issue["lead"]),
        items="".join(f"<li>{escape(item)}</li>" for item in issue["items"]),
    )
    draft = Draft(
        issue["by"],
        [to],
        title,
        age(today, 1.1 + turn * 3.3),
        f"{title}\n\n{issue['lead']}\n\n{lines}\nhttps://{host}/issues/{140 - turn}\n",
        page,
        headers={
            "List-Id": f"<news.{host}>",
            "List-Unsubscribe": f"<https://{host}/unsubscribe?reader=ada>",
        },
    )
    return Letter("INBOX", draft.when, "" if turn in (0, 5) else "S", draft.write())
