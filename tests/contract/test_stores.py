"""The stores that need no server keep the contract, plain and enciphered.

What is slow is proved enciphered by ``make conformance``.
"""

from pathlib import Path

import pytest

from tests.kit import PLAIN, prove

ENCIPHERED = (*PLAIN, "--satchel-wrap", "enciphered")
STORES = {
    "attachments:memory": ENCIPHERED,
    "attachments:filesystem": PLAIN,
    "session:memory": ENCIPHERED,
    "session:db": PLAIN,
}


@pytest.mark.parametrize("store", STORES)
def test_a_store_passes_the_kit(store: str, tmp_path: Path) -> None:
    code, text = prove(tmp_path, store, *STORES[store])

    assert code == pytest.ExitCode.OK, text
    assert " 0 failed" in next(line for line in text.splitlines() if line.startswith(store))
