"""The contract as data, and what a change of it means for the plugins that are out there."""

import ast
import difflib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "hookspecs" / "src" / "satchel_hookspecs"
FROZEN = ROOT / "hookspecs" / "api.json"
UPDATE = "make api"
SPECS = "Specs"
# A primitive with a default: only a store whose medium has a clock of its own writes it.
WITH_DEFAULT = {"_now"}
FIELD = re.compile(r"\w+: [^=]+")

# One line a promise: what it is called, and what it takes and gives.
Api = dict[str, dict[str, list[str]]]


def read_api() -> Api:
    """The contract as it is written now."""
    nodes = dict(_public())
    classes = {name: node for name, node in nodes.items() if isinstance(node, ast.ClassDef)}
    specs = [node for name, node in classes.items() if name.endswith(SPECS)]
    hooks = {hook.name: [*_method(hook)] for node in specs for hook in _functions(node)}
    primitives = {name: [*_primitives(node)] for name, node in classes.items()}
    return {
        "hooks": dict(sorted(hooks.items())),
        "primitives": {name: lines for name, lines in primitives.items() if lines},
        "names": {name: [*_lines(node)] for name, node in sorted(nodes.items())},
    }


def frozen_api() -> Api:
    """The contract as it was frozen."""
    api: Api = json.loads(FROZEN.read_text())
    return api


def write_api(api: Api) -> None:
    """Freeze the contract anew."""
    FROZEN.write_text(json.dumps(api, indent=2) + "\n")


def changes(old: Api, new: Api) -> list[str]:
    """What differs, as lines that begin with ``+`` and ``-`` under the name of what they are of."""
    found = list[str]()
    for part in new:
        for name in sorted(old.get(part, {}).keys() | new[part].keys()):
            before, after = old.get(part, {}).get(name, []), new[part].get(name, [])
            differing = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
            found += [f"{part}: {name}", *(f"  {line}" for line in differing)] if differing else []
    return found


def breaks(old: Api, new: Api) -> list[str]:
    """What a plugin written for ``old`` would trip over in ``new``, as sentences."""
    found = list[str]()
    for part, names in old.items():
        for name, before in names.items():
            after = new.get(part, {}).get(name)
            if after is None:
                found.append(f"{name} is gone.")
                continue
            found += [f"{name} lost or changed: {line}" for line in before if line not in after]
            found += [f"{name} {how}" for how in _tightened(part, before, after)]
    return found


def main(arguments: Sequence[str]) -> int:
    """Freeze the contract as it is written, unless that breaks plugins and nobody said so."""
    old, new = frozen_api() if FROZEN.exists() else {}, read_api()
    sys.stdout.writelines(f"{line}\n" for line in changes(old, new))
    broken = breaks(old, new)
    if broken and "--breaking" not in arguments:
        sys.stderr.writelines(f"{line}\n" for line in broken)
        way_out = "Plugins would break: keep the old way beside the new one, or raise the major"
        sys.stderr.write(f"{way_out} version and type: {UPDATE} API=--breaking\n")
        return 1
    write_api(new)
    return 0


def _public() -> Iterator[tuple[str, ast.stmt]]:
    """Every public name, with the statement that defines it."""
    for statement in _statements("__init__"):
        if isinstance(statement, ast.ImportFrom) and statement.module:
            module = statement.module.rpartition(".")[2]
            defined = {name: one for one in _statements(module) for name in _names(one)}
            for alias in statement.names:
                yield alias.name, defined[alias.name]


def _statements(module: str) -> list[ast.stmt]:
    return ast.parse((CONTRACT / f"{module}.py").read_text()).body


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [statement.name]
    if isinstance(statement, ast.AnnAssign):
        return [ast.unparse(statement.target)]
    if isinstance(statement, ast.Assign):
        return [ast.unparse(target) for target in statement.targets]
    return []


def _lines(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _method(node)
    elif isinstance(node, ast.ClassDef):
        yield from (f"@{ast.unparse(one)}" for one in node.decorator_list)
        bases = ", ".join(map(ast.unparse, node.bases))
        yield f"class {node.name}({bases})" if bases else f"class {node.name}"
        yield from (ast.unparse(one) for one in node.body if _is_public_value(one))
        for one in [] if node.name.endswith(SPECS) else _functions(node):
            if not one.name.startswith("_") or one.name.endswith("__") or one.name in WITH_DEFAULT:
                yield from _method(one)
    else:
        yield ast.unparse(node)


def _is_public_value(one: ast.stmt) -> bool:
    names = _names(one) if isinstance(one, ast.Assign | ast.AnnAssign) else []
    return any(not name.startswith("_") for name in names)


def _functions(node: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield one


def _method(one: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    marks = "".join(f"@{ast.unparse(mark)} " for mark in one.decorator_list)
    words = "async def" if isinstance(one, ast.AsyncFunctionDef) else "def"
    gives = f" -> {ast.unparse(one.returns)}" if one.returns else ""
    yield f"{marks}{words} {one.name}({ast.unparse(one.args)}){gives}"


def _primitives(node: ast.ClassDef) -> Iterator[str]:
    for one in _functions(node):
        if one.name.startswith("_") and "raise NotImplementedError" in ast.unparse(one):
            yield from _method(one)


def _tightened(part: str, before: list[str], after: list[str]) -> Iterator[str]:
    """How a thing that has kept all it had asks for more than before."""
    added = [line for line in after if line not in before]
    if part == "primitives" and added:
        yield f"has a new primitive, which no store has written: {added[0]}"
    if before[0].endswith("(Protocol)") and added:
        yield f"has a new method, which no plugin has written: {added[0]}"
    if not before[0].startswith("@dataclass"):
        return
    yield from (f"needs a new field: {line}" for line in added if FIELD.fullmatch(line))
    kept = [line for line in after if line in before]
    if kept != [line for line in before if line in after]:
        yield "has its fields in another order."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
