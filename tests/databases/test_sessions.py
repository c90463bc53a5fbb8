"""The store for sessions keeps the contract on real servers."""

from pathlib import Path

import pytest

from tests.kit import PLAIN, prove
from tests.servers.databases import Pair


@pytest.mark.timeout(400)
def test_the_store_passes_the_kit_on_a_server(pair: Pair, tmp_path: Path) -> None:
    options = {"db_dsnw": pair.primary.dsn, "db_dsnr": pair.replica.dsn}
    code, text = prove(tmp_path, "session:db", *PLAIN, options=options)

    assert code == pytest.ExitCode.OK, text
    assert "session:db " in text
    assert " 0 failed" in text
