"""The three circles, and what belongs into none of them."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(ROOT.glob("*/src/*/")) + sorted(ROOT.glob("contrib_plugins/*/src/*/"))
STORAGE = ["sqlalchemy", "sqlite3", "aiosqlite", "pymemcache", "redis", "tempfile", "shelve", "dbm"]
FEW_MAY_IMPORT = {
    "pluggy": r"satchel\.plugins\.\w+",
    "stevedore": r"satchel\.plugins\.\w+",
    "aiohttp": r"satchel\.(setup|sessions\.(platform_)?middleware)",
}
# Written in pieces, so that this file is not one of those it looks for.
REGISTRIES = ["pypi" + ".org", "python" + "hosted", "npm" + "js", "debian" + ".org"]
OWN_FOLDERS = re.compile("/" + r"(home|root|work|Users)/\w")
GENERATED = {"node_modules", "vendor", "dist", "build", "__pycache__", "htmlcov", "screenshots"}
GENERATED_FILES = re.compile(r"uv\.lock$|\.coverage")


def list_files() -> Iterator[Path]:
    """Find every file that somebody wrote."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            each
            for each in folders
            if each not in GENERATED and (not each.startswith(".") or each == ".ci")
        ]
        yield from (Path(folder) / each for each in files if not GENERATED_FILES.match(each))


def find_lines(pattern: re.Pattern[str]) -> list[str]:
    """Find the lines that match, with their places."""
    found = []
    for path in list_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return found


@pytest.fixture(scope="module")
def host() -> grimp.ImportGraph:
    """What the host imports, the libraries of others included."""
    return grimp.build_graph("satchel", include_external_packages=True)


@pytest.mark.parametrize("library", STORAGE)
def test_the_host_imports_no_storage(host: grimp.ImportGraph, library: str) -> None:
    importers = host.find_modules_that_directly_import(library) if library in host.modules else []

    assert sorted(importers) == []


@pytest.mark.parametrize(("library", "where"), FEW_MAY_IMPORT.items())
def test_a_few_modules_of_the_host_know_a_framework(
    host: grimp.ImportGraph, library: str, where: str
) -> None:
    importers = host.find_modules_that_directly_import(library)

    assert importers
    assert [each for each in sorted(importers) if not re.fullmatch(where, each)] == []


@pytest.mark.parametrize("package", SOURCES, ids=lambda path: path.name)
def test_every_member_says_that_it_is_typed(package: Path) -> None:
    assert (package / "py.typed").is_file()


def test_every_member_tells_what_it_is_and_what_changed() -> None:
    members = [package.parents[1] for package in SOURCES]

    assert len(members) > 1
    for member in members:
        assert (member / "README.md").read_text().startswith("# satchel-")
        assert "Unreleased" in (member / "CHANGELOG.md").read_text()


def test_no_file_names_a_package_registry() -> None:
    assert find_lines(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    assert find_lines(OWN_FOLDERS) == []
