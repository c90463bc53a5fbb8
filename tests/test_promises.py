"""Every promise and every fault names its tests, and every test that is named is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("docs/seed.md", "docs/faults.md")
ROW = re.compile(r"^\| (?!what )([^\s|][^|]*) \|.*\|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
PROMISES = [f"R{number}" for number in range(1, 33)]


def read_rows(page: str) -> dict[str, list[tuple[str, str]]]:
    """Return the tests of each row by what stands first in it, as file and name."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return {row[1]: TEST.findall(row[0]) for row in ROW.finditer(text)}


@cache
def find_tests(file: str) -> frozenset[str]:
    """Return the names of the tests of a file, those in classes too."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(each.name for each in found if isinstance(each, functions))


def test_no_promise_is_missing() -> None:
    assert list(read_rows("docs/seed.md")) == PROMISES


@pytest.mark.parametrize("page", PAGES)
def test_every_row_has_a_test_or_a_bench(page: str) -> None:
    rows = read_rows(page)

    assert len(rows) > 30
    assert {name for name, tests in rows.items() if not tests} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_named_test_is_there(page: str) -> None:
    named = {each for tests in read_rows(page).values() for each in tests}

    missing = [f"{file}::{name}" for file, name in sorted(named) if name not in find_tests(file)]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_whatever_looks_like_a_test_is_read_as_one(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")

    assert text.count("::") == sum(map(len, read_rows(page).values()))
