"""A writer that dies, a standby that takes its place, and the nodes that read."""

import pytest

from satchel_database import UnusableDatabase
from tests.databases.nodes import Opened
from tests.databases.test_readers import add, look, open_both
from tests.servers.databases import Pair, Server


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
