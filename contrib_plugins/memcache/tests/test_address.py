"""Hosts as operators write them."""

import pytest

from satchel_memcache import AddressError, MemcacheConfig, parse_address


@pytest.mark.parametrize(
    ("text", "name", "host", "port"),
    [
        ("localhost", "localhost:11211", "localhost", 11211),
        ("Cache-1.Example.org", "cache-1.example.org:11211", "cache-1.example.org", 11211),
        ("127.0.0.1:11212", "127.0.0.1:11212", "127.0.0.1", 11212),
        ("host:1", "host:1", "host", 1),
        ("host:65535", "host:65535", "host", 65535),
        ("[::1]", "[::1]:11211", "::1", 11211),
        ("[::1]:11213", "[::1]:11213", "::1", 11213),
        ("[2001:0DB8::0:1]:7", "[2001:db8::1]:7", "2001:db8::1", 7),
        ("[fe80::1%eth0]:7", "[fe80::1%eth0]:7", "fe80::1%eth0", 7),
        ("unix:///run/memcached.sock", "unix:///run/memcached.sock", "/run/memcached.sock", None),
        ("unix:///a b/ü:1", "unix:///a b/ü:1", "/a b/ü:1", None),
    ],
)
def test_each_form_is_understood(text: str, name: str, host: str, port: int | None) -> None:
    address = parse_address(text)

    assert (address.name, address.host, address.port) == (name, host, port)


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("", "host:port"),
        ("host:", "host:port"),
        (":11211", "host:port"),
        ("host:0", "1 to 65535"),
        ("host:65536", "1 to 65535"),
        ("host:99999999999999999999", "1 to 65535"),
        ("host:11211:5", "host:port"),
        ("user@host", "host:port"),
        ("two hosts", "host:port"),
        ("a,b", "host:port"),
        ("::1", '"[::1]:11211"'),
        ("[]", "brackets"),
        ("[localhost]:1", "brackets"),
        ("[::1", "host:port"),
        ("tcp://host:11211", 'write "host:11211"'),
        ("memcached://host", 'write "host"'),
        ("unix:/run/x", "three slashes"),
        ("unix://run/x", "three slashes"),
        ("unix:///", "three slashes"),
        ("unix:///a\0b", "three slashes"),
        ("host\r\nflush_all", "host:port"),
    ],
)
def test_another_form_is_refused_with_the_way_out(text: str, way_out: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse_address(text)

    assert way_out in str(refused.value)


def test_one_host_under_two_spellings_is_refused() -> None:
    with pytest.raises(AddressError, match="are one host"):
        MemcacheConfig(("[::1]", "[0:0::1]:11211"))


@pytest.mark.parametrize(
    "options",
    [
        {"memcache_hosts": ()},
        {"memcache_hosts": ("a",), "memcache_timeout": 0},
        {"memcache_hosts": ("a",), "memcache_timeout": float("inf")},
        {"memcache_hosts": ("a",), "memcache_retry_interval": -1},
        {"memcache_hosts": ("a",), "longest": 0},
        {"memcache_hosts": ("a",), "memcache_prefix": ""},
        {"memcache_hosts": ("a",), "memcache_prefix": "a b"},
        {"memcache_hosts": ("a",), "memcache_prefix": "a:b"},
        {"memcache_hosts": ("a",), "memcache_prefix": "a/b"},
        {"memcache_hosts": ("a",), "memcache_prefix": "x" * 65},
        {"memcache_hosts": ("a",), "memcache_prefix": "a\r\n"},
    ],
)
def test_a_setting_that_cannot_work_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"memcache|longest"):
        MemcacheConfig(**options)  # type: ignore[arg-type]
