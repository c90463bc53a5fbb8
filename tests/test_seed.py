"""Every promise names its tests, and every test that is named is there."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (R\d+) \|.*\|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
PROMISES = [f"R{number}" for number in range(1, 33)]


def read_rows() -> dict[str, list[tuple[str, str]]]:
    """Return the tests of each promise, as file and name."""
    page = (ROOT / "docs/seed.md").read_text(encoding="utf-8")
    return {row[1]: TEST.findall(row[0]) for row in ROW.finditer(page)}


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
    assert list(read_rows()) == PROMISES


def test_every_promise_has_a_test_or_a_bench() -> None:
    assert {name for name, tests in read_rows().items() if not tests} == set()


def test_every_named_test_is_there() -> None:
    named = {each for tests in read_rows().values() for each in tests}

    missing = [f"{file}::{name}" for file, name in sorted(named) if name not in find_tests(file)]
    assert missing == []
