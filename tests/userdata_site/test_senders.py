"""Identities and signatures where messages are written."""

import asyncio
import email
import email.policy
from email.message import EmailMessage

import pytest
import pytest_asyncio
from imapclient import IMAPClient

from tests.userdata_site.conftest import Fail, House
from tests.userdata_site.guest import Guest
from tests.userdata_site.test_identities import add

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADA, WORK = "Ada <ada@satchel.example>", "Ada at work <ada@satchel.example>"
SIGNED, AT_WORK = "\n\n-- \nAda\n", "\n\n-- \nAda\nwho works\n"


@pytest_asyncio.fixture(loop_scope="module")
async def ids(ada: Guest) -> dict[str, str]:
    """Two identities of Ada's, by their headers."""
    first = await add(ada, "Ada", "ada@satchel.example", signature="Ada", standard="yes")
    work = {"signature": "Ada\nwho works", "reply_to": "work@a.example", "bcc": "log@a.example"}
    return {ADA: first, WORK: await add(ada, "Ada at work", "ada@satchel.example", **work)}


async def test_a_new_message_begins_as_the_standard_identity(
    ada: Guest, ids: dict[str, str]
) -> None:
    page = await ada.get(await ada.compose())

    assert ids == page.senders()
    assert f'<option value="{ids[ADA]}" selected>' in page.text
    assert SIGNED == page.message


async def test_one_identity_is_no_choice(ada: Guest) -> None:
    await add(ada, "Ada", "ada@satchel.example", signature="Ada")

    page = await ada.get(await ada.compose())

    assert {} == page.senders()
    assert "Ada <ada@satchel.example>" in page.words
    assert SIGNED == page.message


async def test_a_reply_is_signed_above_the_quote_by_whom_it_was_sent_to(ada: Guest) -> None:
    await add(ada, "Ada", "ada@satchel.example", signature="Ada", standard="yes")
    await add(ada, "Other", "other@a.example", signature="Other")
    text = (await ada.get("/m/INBOX")).text
    message = text.partition('data-pane="reader"')[0].rpartition('href="/m/INBOX/')[2]
    id = message.partition('"')[0].partition("?")[0]

    page = await ada.get(await ada.compose(f"?how=reply&folder=INBOX&id={id}"))

    assert page.message.startswith(f"{SIGNED}\nOn ")
    assert "\n> " in page.message


async def test_the_signature_changes_with_the_sender(ada: Guest, ids: dict[str, str]) -> None:
    draft = await ada.compose()
    chosen = {"from": ids[WORK], "from_shown": ids[ADA], "message": f"Hello,{SIGNED}"}

    assert 303 == (await ada.write(draft, "from", **chosen)).status
    page = await ada.get(draft)
    assert f"Hello,{AT_WORK}" == page.message
    assert "log@a.example" == page.value_of("bcc")

    back = {"from": ids[ADA], "from_shown": ids[WORK]}
    said = (await ada.write_json(draft, "from", **back)).json
    assert f"Hello,{SIGNED}" == said["message"]
    assert "" == said["bcc"]


async def test_what_is_sent_is_what_the_page_showed(
    ada: Guest, ids: dict[str, str], house: House
) -> None:
    draft = await ada.compose()
    chosen = {"from": ids[WORK], "from_shown": ids[ADA], "to": "ben@satchel.example"}

    sent = await ada.write(draft, "send", **chosen, subject="Shown", message="As it stands.")

    assert 303 == sent.status, sent.words
    letter = await asyncio.to_thread(_last, house, 1, "Shown")
    assert WORK == letter["From"]
    assert "work@a.example" == letter["Reply-To"]
    assert ["As it stands."] == letter.get_content().splitlines()


async def test_only_ones_own_identities_can_be_chosen(
    ada: Guest, ids: dict[str, str], house: House
) -> None:
    other = await house.hooks.userdata_identity_save(
        owner=house.owner(1), name="Ben", address="ben@satchel.example"
    )
    draft = await ada.compose()
    for wanted in (other.id, "x@y.example", "0" * 16):
        fields = {"from": wanted, "from_shown": ids[ADA], "to": "ben@satchel.example"}
        answer = await ada.write(draft, "send", **fields, message="Typed with care.")

        assert 422 == answer.status
        assert "deleted meanwhile" in answer.words
        assert "Typed with care." == answer.message
    assert (await ada.get(draft)).senders()[ADA] == ids[ADA]


async def test_a_draft_of_a_deleted_identity_keeps_its_sender_to_be_seen(
    ada: Guest, ids: dict[str, str]
) -> None:
    draft = await ada.compose()
    await ada.post(f"/settings/identities/{ids[ADA]}/delete")

    assert {ADA: "", WORK: ids[WORK]} == (await ada.get(draft)).senders()


async def test_a_signature_in_html_becomes_text(ada: Guest, house: House) -> None:
    await house.hooks.userdata_identity_save(
        owner=house.owner(),
        name="Ada",
        address="ada@satchel.example",
        signature="<p>Ada<script>alert(1)</script></p><p>of the <b>hills</b></p>",
        signature_is_html=True,
    )

    assert "\n\n-- \nAda\nof the hills\n" == (await ada.get(await ada.compose())).message


async def test_a_message_is_written_as_the_account_while_identities_cannot_be_read(
    ada: Guest, ids: dict[str, str], fail: Fail
) -> None:
    signed = await ada.compose()
    fail()

    page = await ada.get(await ada.compose())
    assert 200 == page.status
    assert "written as your account, unsigned" in page.words

    fields = {"from": ids[WORK], "from_shown": ids[ADA], "to": "ben@satchel.example"}
    answer = await ada.write(signed, "send", **fields, message="Typed with care.")
    assert 422 == answer.status
    assert "nothing was sent" in answer.words
    assert "Typed with care." == answer.message
    saved = await ada.write_json(signed, "from", **fields)
    assert 503 == saved.status


def _last(house: House, who: int, subject: str) -> EmailMessage:
    account = house.mail.accounts[who]
    with IMAPClient(house.mail.host, house.mail.imap_port, ssl=False) as client:
        client.login(account.address, account.password)
        client.select_folder("INBOX", readonly=True)
        found = client.search(["SUBJECT", subject])
        [row] = client.fetch([max(found)], ["RFC822"]).values()
    return email.message_from_bytes(row[b"RFC822"], policy=email.policy.default)
