"""The conformance kit around stores in the shipped wrappers, each alone and all together."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

STORES = ("attachments:memory", "attachments:filesystem")


@pytest.mark.parametrize("wrapping", ["encrypt", "quota", "metrics", "metrics+quota+encrypt"])
def test_a_wrapped_attachment_store_keeps_the_contract(wrapping: str, tmp_path: Path) -> None:
    outcomes = prove(tmp_path, wrapping, *STORES)

    for store in STORES:
        assert outcomes[store]["failed"] == []
        assert len(outcomes[store]["passed"]) > 100


def test_a_measured_session_store_keeps_the_contract(tmp_path: Path) -> None:
    outcome = prove(tmp_path, "metrics", "session:memory")["session:memory"]

    assert outcome["failed"] == []
    assert outcome["passed"]


def prove(folder: Path, wrapping: str, *stores: str) -> dict[str, dict[str, list[str]]]:
    """Run the kit outside of the tree, and say what it found for each store."""
    report = folder / "report.json"
    named = [word for store in stores for word in ("--satchel-store", store)]
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites", "-q"),
            *("-p", "no:cacheprovider", "--satchel-option", "wrap_quota.size=1G"),
            *("--satchel-wrap", wrapping, "--satchel-report", str(report), *named),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        timeout=170,
        check=False,
    )
    found: dict[str, dict[str, list[str]]] = json.loads(report.read_text())
    return found
