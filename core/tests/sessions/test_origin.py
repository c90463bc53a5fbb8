import pytest
from multidict import CIMultiDict

from satchel.sessions import is_cross_site


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://sibling.mail.example"},
        {"Origin": "https://mail.example:8443"},
        {"Origin": "http://mail.example"},
        {"Origin": "https://mail.example.evil.example"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_another_site_is_known(headers):
    assert is_cross_site(CIMultiDict(headers), "https", "mail.example")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://mail.example"},
        {"Origin": "https://MAIL.example"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_the_site_itself_is_known(headers):
    assert not is_cross_site(CIMultiDict(headers), "https", "mail.example")
