"""Two nodes of the site, and a server of their platform's sessions that hangs or is down."""

import pytest

from tests.native.conftest import OpenHouse
from tests.native.wanderer import Wanderer
from tests.servers.account import Account


def asks_to_come_back(person: Wanderer) -> None:
    """See that the next node says "Try again", and leaves the cookies as they are."""
    answer = person.ask("GET", "/m/INBOX", may_fail=(503,))

    assert (answer.status, answer.headers["Set-Cookie"]) == (503, None)
    assert "Try again in a moment." in answer.text


@pytest.mark.parametrize("storage", ["memcached", "redis"])
def test_while_the_server_of_the_sessions_hangs_or_is_down_every_node_says_try_again(
    storage: str, open_house: OpenHouse, account: Account
) -> None:
    house = open_house(storage)
    assert house.server is not None
    person = Wanderer(*house.ports)
    person.sign_in(account)
    house.server.freeze()
    for _ in house.nodes:
        asks_to_come_back(person)
    house.server.thaw()
    still = [person.is_signed_in() for _ in house.nodes]
    house.server.kill()
    for _ in house.nodes:
        asks_to_come_back(person)

    assert still == [True, True]
