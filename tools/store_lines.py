"""How much code each store that ships is: the table in ``docs/stores.md``."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "stores.md"
UPDATE = "make api"
GROUPS = {"satchel.v1.session": "session", "satchel.v1.attachments": "attachments"}
LIBRARIES = ("hookspecs", "contrib_plugins/database", "contrib_plugins/memcache")
NONE = "-"
HEAD = f"""# How much a store is

A store is what its medium needs and no more: the contract's base classes do the rest. These are
lines of code, without blank lines, comments and docstrings, as `{UPDATE}` counts them. *Harness* is
what lets the test kit damage, break and hang the medium.

| store | package | lines | harness | stands on |
|---|---|---|---|---|
"""
END = """
`ledger` and `zipped` are the examples in `tests/extending`, as somebody else would write them.

What several of them stand on, in lines of code: """


@dataclass(frozen=True, slots=True)
class Size:
    """One store, and how many lines of code its package has; the harness is counted apart."""

    label: str
    package: str
    lines: int
    harness: int
    stands_on: tuple[str, ...]

    def row(self) -> str:
        """The line of the table."""
        cells = (self.label, f"`{self.package}`", self.lines, self.harness or NONE)
        return f"| {' | '.join(map(str, cells))} | {', '.join(self.stands_on) or NONE} |"


def sizes() -> list[Size]:
    """Every store of the repository, the examples for authors included, by label."""
    members = [*ROOT.glob("contrib_plugins/*"), *ROOT.glob("tests/extending/*")]
    found = [size for member in members for size in _stores(member)]
    return sorted(found, key=lambda size: size.label)


def page() -> str:
    """The whole page."""
    libraries = [f"`{Path(name).name}` {_lines_in(ROOT / name)}" for name in LIBRARIES]
    rows = "".join(f"{size.row()}\n" for size in sizes())
    return f"{HEAD}{rows}{END}{', '.join(libraries)}.\n"


def count_lines(text: str) -> int:
    """Count the lines that hold code."""
    tree = ast.parse(text)
    lines = set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not _is_docstring(node):
            lines.add(node.lineno)
        if isinstance(node, ast.expr | ast.arg | ast.keyword | ast.alias):
            lines.update((node.lineno, node.end_lineno or node.lineno))
    return len(lines - _docstring_lines(tree))


def write_page() -> None:
    """Write the page anew."""
    PAGE.write_text(page())


def _stores(member: Path) -> Iterator[Size]:
    path = member / "pyproject.toml"
    if not path.is_file():
        return
    project = tomllib.loads(path.read_text())["project"]
    points: Mapping[str, Mapping[str, str]] = project.get("entry-points", {})
    others = tuple(_needed(project["dependencies"]))
    for group, kind in GROUPS.items():
        for name in points.get(group, {}):
            lines, harness = _lines_in(member), _lines_in(member, harness=True)
            yield Size(f"{kind}:{name}", project["name"], lines, harness, others)


def _needed(requirements: list[str]) -> Iterator[str]:
    for requirement in requirements:
        name = requirement.partition(">")[0].partition("[")[0]
        if name.startswith("satchel-") and name != "satchel-hookspecs":
            yield name.removeprefix("satchel-").replace("-", "_")


def _lines_in(member: Path, *, harness: bool = False) -> int:
    paths = sorted((member / "src").rglob("*.py"))
    counted = [path for path in paths if path.stem.endswith("harness") is harness]
    return sum(count_lines(path.read_text()) for path in counted)


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _docstring_lines(tree: ast.AST) -> set[int]:
    found = (node for node in ast.walk(tree) if isinstance(node, ast.stmt) and _is_docstring(node))
    return {n for node in found for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


if __name__ == "__main__":
    write_page()
