"""A writer that dies, a standby that takes its place, and the nodes that read."""

from collections.abc import Iterator

import pytest

from satchel_database import UnusableDatabase
from satchel_hookspecs import Position, position
from tests.databases.nodes import Opened
from tests.databases.test_readers import add, look, open_both
from tests.servers.certificates import Certificates
from tests.servers.databases import Pair, Server, another_replica


def of_hosts(*servers: Server) -> str:
    """A DSN that names several hosts."""
    first = servers[0]
    named = ",".join(f"{server.host}:{server.port}" for server in servers)
    return first.dsn.replace(f"@{first.host}:{first.port}/", f"@{named}/")


async def test_a_node_starts_though_its_reader_has_become_the_writer(
    own_pair: Pair, open_node: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    primary, replica = own_pair.primary, own_pair.replica
    options = {"db_dsnw": of_hosts(primary, replica), "db_dsnr": replica.dsn, "deadline": 3}
    running = await open_both(open_node, own_pair, **options)
    await add(running, "before")
    own_pair.even()
    primary.kill()
    replica.promote()
    await add(running, "after")

    restarted = await open_node(**options)
    await add(restarted, "restarted")
    health = await restarted.plugin_health()

    assert await look(restarted) == ["after", "before", "restarted"]
    assert await look(running) == ["after", "before", "restarted"]
    assert health.state == "degraded"
    assert "It is the writer itself at the moment" in caplog.text
    with pytest.raises(UnusableDatabase, match="db_dsnr: It can be written, and is no replica"):
        await open_node(db_dsnw=replica.dsn, db_dsnr=f"{replica.dsn}?host=x")


async def test_a_reader_that_was_promoted_beside_its_writer_is_refused(
    own_pair: Pair, open_node: Opened
) -> None:
    primary, replica = own_pair.primary, own_pair.replica
    await open_both(open_node, own_pair)
    replica.promote()

    with pytest.raises(UnusableDatabase, match="db_dsnr: It can be written, and is no replica"):
        await open_node(db_dsnw=of_hosts(primary, primary), db_dsnr=replica.dsn)


@pytest.fixture
def second(own_pair: Pair, certificates: Certificates) -> Iterator[Server]:
    """A second replica."""
    with another_replica(own_pair, certificates) as server:
        yield server


async def test_a_reader_that_follows_a_promoted_writer_is_asked_when_it_has_its_history(
    own_pair: Pair, second: Server, open_node: Opened
) -> None:
    primary, replica = own_pair.primary, own_pair.replica
    options = {"db_dsnw": of_hosts(primary, replica), "db_dsnr": second.dsn, "deadline": 3}
    node = await open_both(open_node, own_pair, **options)
    Pair(primary, second).even()
    await add(node, "before")
    own_pair.even()
    second.pause()
    primary.kill()
    replica.promote()
    await add(node, "after")

    # Its history ends before what the user has written, and before what was promoted.
    second.start_log()
    assert await look(node) == ["after", "before"]
    assert second.counts("select body from notes") == 0

    second.resume()
    Pair(replica, second).join()
    replica.note_its_history()
    Pair(replica, second).even()
    second.note_its_history()
    await add(node, "later")
    Pair(replica, second).even()

    assert await look(node) == ["after", "before", "later"]
    assert second.counts("select body from notes") == 1
    position.set(Position())
    assert await look(node) == ["after", "before", "later"]
    assert second.counts("select body from notes") == 2
