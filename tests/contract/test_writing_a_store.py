"""The store of the page on writing one, taken from the page, is proved."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.kit import PLAIN, prove

PAGE = Path(__file__).parents[2] / "docs" / "writing-a-store.md"
FILE = re.compile(r"```(?:toml|python)\n# (?:src/)?(\S+\.(?:toml|py))\n(.*?)```", re.DOTALL)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder to import from, with the files of the page and what an installer would write."""
    for name, text in FILE.findall(PAGE.read_text()):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]
    info = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    groups = {
        **project["entry-points"],
        "satchel.v1.harnesses": {
            "attachments_lite": "satchel_attachments_lite.harness:LiteHarness"
        },
    }
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in groups.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return tmp_path


def test_the_store_of_the_page_passes_whole(installed: Path) -> None:
    code, text = prove(installed, "attachments:lite", *PLAIN, "-m", "not satchel_slow")

    assert code == pytest.ExitCode.OK, text
    [line] = [one for one in text.splitlines() if one.startswith("attachments:lite")]
    assert line.endswith(" 0 failed, 0 skipped")
