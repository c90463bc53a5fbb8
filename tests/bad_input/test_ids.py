"""Ids, numbers and folders that nobody was given."""

from urllib.parse import quote

import pytest

from tests.bad_input.visitor import FORM, Visitor, urlencoded

NUMBERS = {
    "zero": "0",
    "negative": "-1",
    "exponent": "1e3",
    "hexadecimal": "0x10",
    "other digits": "%D9%A1%D9%A2",
    "a line": "12_0",
    "a sign": "%2B1",
    "a blank": "1%20",
    "endless": "9" * 5000,
    "beyond 32 bits": "4294967296",
    "all": "1:*",
    "a list": "1,2,,",
    "a new line": "1%0D%0A",
    "nul": "1%00",
    "nothing": "",
    "a path": "..%2F..%2Fetc",
    "bad escape": "%FF%FE",
    "letters": "abc",
}
FOLDERS = {
    "a command": "INBOX%0D%0AA1%20DELETE%20x",
    "a line": "INBOX%0A",
    "nul": "INBOX%00",
    "all": "*",
    "any": "%25",
    "a path": "..%2F..%2Fetc%2Fpasswd",
    "broken utf-7": "%26AGE-",
    "no utf-8": "%FF%FE",
    "a surrogate": "%ED%A0%80",
    "quotes": "%22%5C%22",
    "a literal": "%7B5%7D",
    "endless": "x" * 6000,
    "blank": "%20",
    "markup": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "somebody else's": "user%2Fben",
}
CRUDE = {"١٢": "other digits", "9" * 5000: "endless", "../../etc/passwd": "a path", "": "nothing"}


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_a_message_that_is_no_message_is_not_found(ana: Visitor, number: str):
    for id in (
        number,
        f"1-{number}",
        f"{number}-1",
        f"1-1/files/{number}",
        f"1-1/pictures/{number}",
    ):
        assert ana.get(f"/m/INBOX/{id}").status in {400, 404}, id


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_a_page_that_is_no_page_is_not_found(ana: Visitor, number: str):
    assert ana.get(f"/m/INBOX?page={number}").status in {400, 404}


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_an_answer_to_no_message_is_not_found(ana: Visitor, number: str):
    for query in ("how=reply&folder=INBOX&id=", "how=forward&folder=INBOX&id=1-", "draft="):
        assert ana.get(f"/compose?{query}{number}").status in {400, 404}, query
    assert ana.get(f"/compose?how={number}&folder=INBOX&id=1-1").status in {400, 404}


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_a_folder_that_is_none_is_refused(ana: Visitor, folder: str):
    for path in (f"/m/{folder}", f"/m/{folder}/1-1", f"/m/{folder}/1-1/source"):
        answer = ana.get(path)

        assert answer.status in {400, 404}, path
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
def test_nothing_is_done_in_a_folder_that_is_none(ana: Visitor, folder: str):
    answer = ana.post(f"/m/{folder}/messages", ("uid", "1"), ("uidvalidity", "1"), ("do", "delete"))

    assert answer.status in {400, 404}
    assert ana.get("/m/INBOX").status == 200


@pytest.mark.parametrize("deed", ["delete", "archive", "read", "unread", "nothing", ""])
@pytest.mark.parametrize("uid", CRUDE, ids=CRUDE.values())
def test_a_deed_needs_messages(ana: Visitor, deed: str, uid: str):
    for uids, uidvalidity in ((uid, "1"), ("1", uid), (uid, uid)):
        fields = (("uid", uids), ("uidvalidity", uidvalidity), ("do", deed))

        assert ana.post("/m/INBOX/messages", *fields).status in {400, 404, 422}


@pytest.mark.parametrize(
    "group", ["0", "٣" * 32, "A" * 32, "g" * 32, "9" * 5000, "..%2F" * 8, "%00" * 32]
)
def test_a_draft_that_is_none_is_not_found(ana: Visitor, group: str):
    for path in (f"/compose/{group}", f"/compose/{group}/files/{'t' * 32}"):
        assert ana.get(path.encode().decode("latin-1")).status in {400, 404}
    assert ana.put(f"/compose/{group}/files/{'t' * 32}", b"x").status in {400, 404, 410}


@pytest.mark.parametrize("id", CRUDE, ids=CRUDE.values())
def test_a_button_for_a_file_that_is_none_does_nothing(ana: Visitor, draft: str, id: str):
    kept = ana.upload(draft, b"content")
    for deed in (f"delete:{id}", f"rename:{id}", f"attach:{id}", id):
        assert ana.write(draft, deed, (f"name-{id}", "x")).status in {303, 400, 404, 422}

    assert ana.get(kept).body == b"content"


def test_a_field_twice_is_refused(ana: Visitor, draft: str):
    for name in ("subject", "to", "version", "do", "message"):
        answer = ana.post(draft, (name, "hostile"), (name, "hostile"))

        assert answer.status == 400
    assert "hostile" not in ana.get(draft).text


def test_a_deed_twice_is_refused(ana: Visitor):
    body = urlencoded(("csrf", ana.token), ("do", "read"), ("do", "delete"), ("uid", "1"))

    assert ana.ask("POST", "/m/INBOX/messages", FORM, body).status == 400


@pytest.mark.parametrize("device", [*CRUDE, "a" * 64, "\n"])
def test_a_device_that_is_none_ends_nothing(ana: Visitor, ben: Visitor, device: str):
    assert ana.post("/settings/sign-out-device", ("device", device)).status in {303, 404}
    assert ana.is_signed_in()
    assert ben.is_signed_in()


@pytest.mark.parametrize(
    "query",
    ["%00", "%0D%0AA1%20DELETE%20INBOX", "%FF", "%22%5C", "{5}", "x" * 6000, "%F0%9F%92%A9"],
)
def test_a_search_for_anything_is_a_search(ana: Visitor, query: str):
    assert ana.get(f"/m/INBOX?q={query}").status in {200, 400, 422}


PATHS = ["/..%2f..%2fetc%2fpasswd", "//evil.example/", "/%2e%2e/", "/\\evil.example", "/s/../../x"]


@pytest.mark.parametrize("path", [*PATHS, "/s/x/..%2f..%2fapp.py", "/%00", "/" + "x" * 7000, "/%"])
def test_an_address_that_is_none_is_not_found(ana: Visitor, stranger: Visitor, path: str):
    for visitor in (ana, stranger):
        answer = visitor.get(path)

        assert answer.status in {400, 404}
        assert "root:" not in answer.text


NEXT = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "http://[",
    "//[",
    "/%09/evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\r\nX-Evil: 1",
    "",
    "/a\x00b",
]


@pytest.mark.parametrize("address", NEXT)
def test_the_sign_in_leads_nowhere_else(stranger: Visitor, address: str):
    answer = stranger.get(f"/sign-in?next={quote(address, safe='')}")

    assert answer.status == 200
    following = answer.text.split('name="next" value="')[1].split('"')[0]
    assert following.startswith("/")
    assert not following.startswith(("//", "/\\", "/\t"))
