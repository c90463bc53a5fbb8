"""A page for each hook, made of what the contract and the code say of it."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import satchel_hookspecs
import satchel_userdata
from satchel_hookspecs import AttachmentSpecs, PluginSpecs, SessionSpecs, errors
from satchel_hookspecs.markers import KIND
from satchel_userdata import UserdataSpecs
from tools.hook_callers import callers_of
from tools.hook_examples import as_settings, example_class, example_text

PAGES = Path(__file__).parents[1] / "docs" / "hooks"
UPDATE = "make api"
SPECS: Mapping[type, str] = {
    PluginSpecs: "The life of a plugin",
    SessionSpecs: "Session I/O",
    AttachmentSpecs: "The attachment lifecycle",
    UserdataSpecs: "What users keep (satchel-userdata)",
}
WIDTH = 100
KINDS = {
    "store": "Exactly one plugin answers it: the store that the settings name, or the plugin that "
    "declared the hook. An exception reaches the caller. `None` is an ordinary answer.",
    "first": "Plugins are asked in order, and the first answer that is not `None` wins. An "
    "exception reaches the caller.",
    "gather": "All plugins are asked, and the caller gets a list of those answers that are not "
    "`None`. An exception reaches the caller.",
    "event": "All plugins are told, after the commit. An exception is logged with the name of its "
    "plugin, and the request goes on.",
}
EVERY_STORE = "Unavailable"


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook as it stands in its specs."""

    name: str
    kind: str
    promise: str
    definition: ast.FunctionDef | ast.AsyncFunctionDef


def hooks_of(specs: type) -> list[Hook]:
    """The hooks of a class of specs, in its order."""
    functions = ((name, one) for name, one in vars(specs).items() if hasattr(one, KIND))
    return [_hook(name, function) for name, function in functions]


def pages() -> dict[str, str]:
    """The text of every page, by the name of its file."""
    hooks = {specs: hooks_of(specs) for specs in SPECS}
    callers = callers_of(hook.name for each in hooks.values() for hook in each)
    made = {f"{hook.name}.md": _page(hook, callers) for each in hooks.values() for hook in each}
    return {"README.md": _index(hooks), **made}


def write_pages() -> None:
    """Write every page, and delete those of hooks that are gone."""
    PAGES.mkdir(exist_ok=True)
    made = pages()
    for path in PAGES.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (PAGES / name).write_text(text)


def _hook(name: str, function: Callable[..., object]) -> Hook:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef):
        raise TypeError(f"{name} is no function")
    return Hook(name, getattr(function, KIND), inspect.getdoc(function) or "", tree)


def _index(hooks: Mapping[type, list[Hook]]) -> str:
    lines = [
        "# Hooks",
        "",
        f"Made from the contract by `{UPDATE}`. Your own installation's hooks, with who takes part",
        "in them, are shown by `satchel hooks show`.",
    ]
    for specs, title in SPECS.items():
        lines += [
            "",
            f"## {title}",
            "",
            _about(specs),
            "",
            "| hook | kind | promise |",
            "|---|---|---|",
        ]
        for hook in hooks[specs]:
            first = _markdown(hook.promise.partition("\n\n")[0]).replace("\n", " ")
            lines.append(f"| [{hook.name}]({hook.name}.md) | {hook.kind} | {first} |")
    return "\n".join(lines) + "\n"


def _about(specs: type) -> str:
    """What is said of all hooks of these specs, in the class and in its module."""
    _, _, rest = (inspect.getdoc(inspect.getmodule(specs)) or "").partition("\n\n")
    return _markdown(f"{inspect.getdoc(specs)}\n\n{rest}".strip())


def _page(hook: Hook, callers: Mapping[str, list[str]]) -> str:
    parts = [
        f"# {hook.name}",
        f"```python\n{_signature(hook.definition)}\n```",
        f"**{hook.kind}**: {KINDS[hook.kind]}",
        _markdown(hook.promise),
        *_section("What travels", _values(hook)),
        *_section("Errors", _errors(hook)),
        *_section("Who calls it", (f"- `{module}`" for module in callers[hook.name])),
        "## Example",
        *_example(hook),
        "[All hooks](README.md)",
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, lines: Iterator[str]) -> list[str]:
    found = list(lines)
    return [f"## {title}", "\n".join(found)] if found else []


def _signature(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The definition without ``self``, as the formatter lays it out."""
    words = "async def" if isinstance(definition, ast.AsyncFunctionDef) else "def"
    taken = [one.strip() for one in _arguments(definition)]
    end = f") -> {ast.unparse(definition.returns) if definition.returns else 'None'}: ..."
    head, inner = f"{words} {definition.name}(", ", ".join(taken)
    if len(head + inner + end) <= WIDTH:
        return head + inner + end
    if len(inner) + 4 <= WIDTH:
        return f"{head}\n    {inner}\n{end}"
    return "\n".join([head, *(f"    {one}," for one in taken), end])


def _arguments(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    arguments = definition.args.args
    without = len(arguments) - len(definition.args.defaults)
    for number, one in enumerate(arguments[1:], 1):
        default = definition.args.defaults[number - without] if number >= without else None
        given = f" = {ast.unparse(default)}" if default else ""
        yield f"{ast.unparse(one)}{given}".replace("'", '"')


def _values(hook: Hook) -> Iterator[str]:
    """The contract's own types in the signature, each with what it is."""
    annotations = [one.annotation for one in hook.definition.args.args if one.annotation]
    parts = [*annotations, *([hook.definition.returns] if hook.definition.returns else [])]
    named = (each.id for part in parts for each in ast.walk(part) if isinstance(each, ast.Name))
    for name in dict.fromkeys(named):
        value = getattr(satchel_hookspecs, name, getattr(satchel_userdata, name, None))
        if inspect.isclass(value) and value.__doc__:
            yield f"- `{name}`: {_first_lines(value)}"


def _errors(hook: Hook) -> Iterator[str]:
    known = [name for name in vars(errors) if inspect.isclass(vars(errors)[name])]
    for name in known:
        said = re.search(rf"\b{name}\b", hook.promise)
        if said or (name == EVERY_STORE and hook.kind == "store"):
            yield f"- `{name}`: {_first_lines(vars(errors)[name])}"


def _first_lines(value: type) -> str:
    return _markdown((inspect.getdoc(value) or "").partition("\n\n")[0]).replace("\n", " ")


def _example(hook: Hook) -> Iterator[str]:
    yield f"```python\n{example_text(hook.name).strip()}\n```"
    plugin = example_class(hook.name)
    if plugin is None:
        yield "`hooks` is `ctx.hooks` of a plugin, or that of the host's own code."
        return
    [(setting, value)] = as_settings(plugin, f"your_package:{plugin.__name__}").items()
    shown = str(value).replace("'", '"') if isinstance(value, list) else f'"{value}"'
    yield f"```toml\n# satchel.toml\n{setting} = {shown}\n```"


def _markdown(text: str) -> str:
    return text.replace("``", "`")


if __name__ == "__main__":
    write_pages()
