"""Two hosts a key, whoever is asked and in whatever order they are named."""

from collections import Counter
from dataclasses import dataclass

from satchel_memcache.ring import Ring

KEYS = [f"key {number}" for number in range(3000)]


@dataclass(frozen=True)
class Named:
    name: str


def ring(*names: str) -> Ring[Named]:
    return Ring([Named(name) for name in names])


def test_the_order_of_the_settings_changes_nothing() -> None:
    one, other = ring("a", "b", "c"), ring("c", "a", "b")

    assert all(one.hosts_of(key) == other.hosts_of(key) for key in KEYS)


def test_keys_are_spread_evenly() -> None:
    hosts = ring("a", "b", "c")
    first = Counter(hosts.hosts_of(key)[0].name for key in KEYS)

    assert min(first.values()) > 850


def test_a_new_host_moves_only_the_keys_that_it_keeps() -> None:
    old, new = ring("a", "b", "c"), ring("a", "b", "c", "d")

    for key in KEYS:
        if Named("d") not in new.hosts_of(key):
            assert old.hosts_of(key) == new.hosts_of(key)


def test_a_key_has_two_hosts_or_the_only_one() -> None:
    assert {len(ring("a", "b", "c").hosts_of(key)) for key in KEYS} == {2}
    assert ring("a").hosts_of("key") == (Named("a"),)
