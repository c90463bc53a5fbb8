import pytest

from satchel.sessions import Proxies
from satchel.sessions.proxies import network_of

OURS = Proxies(["10.0.0.0/8", "192.0.2.7", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "lines", "client"),
    [
        ("198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9, 192.0.2.7, 10.1.2.3"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9,10.1.2.3"], "203.0.113.9"),
        ("10.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("10.0.0.1", ["203.0.113.9, evil, 10.2.2.2"], "10.2.2.2"),
        ("10.0.0.1", ["203.0.113.9,"], "10.0.0.1"),
        ("10.0.0.1", ["<script>"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("fd00::1", ["2001:DB8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("fe80::1%eth0", ["203.0.113.9"], "fe80::1"),
        ("", ["203.0.113.9"], ""),
        (None, ["203.0.113.9"], ""),
    ],
)
def test_the_client_is_the_first_hop_from_the_right_that_is_not_ours(peer, lines, client):
    assert client == OURS.client(peer, lines)


def test_x_real_ip_counts_only_from_a_proxy_and_without_a_chain():
    assert OURS.client("10.0.0.1", [], "203.0.113.9") == "203.0.113.9"
    assert OURS.client("10.0.0.1", ["1.1.1.1"], "203.0.113.9") == "1.1.1.1"
    assert OURS.client("198.51.100.1", [], "203.0.113.9") == "198.51.100.1"
    assert OURS.client("10.0.0.1", [], "nonsense") == "10.0.0.1"


def test_a_local_socket_is_believed_when_it_is_listed():
    assert Proxies(["unix"]).client(None, ["203.0.113.9"]) == "203.0.113.9"
    assert Proxies(["unix"]).client("", ["203.0.113.9"]) == "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "lines", "https"),
    [
        ("10.0.0.1", ["https"], True),
        ("10.0.0.1", ["HTTPS "], True),
        ("10.0.0.1", ["http, https"], True),
        ("10.0.0.1", ["https, http"], False),
        ("10.0.0.1", ["https", "http"], False),
        ("10.0.0.1", [], False),
        ("198.51.100.1", ["https"], False),
    ],
)
def test_https_is_what_the_nearest_proxy_of_ours_says(peer, lines, https):
    assert https is OURS.is_https(peer, lines)


def test_a_proxy_that_is_no_address_is_found_at_start():
    with pytest.raises(ValueError, match="example"):
        Proxies(["proxy.example.org"])


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_a_client_cannot_change_its_network_at_will(address, network):
    assert network == network_of(address)
