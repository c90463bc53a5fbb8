"""What is proved: one store with its harness, and what stands around it."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from satchel_hookspecs import MemoryAttachments, MemorySessions
from satchel_testkit.harness import Harness
from satchel_testkit.installed import NotInstalled, load_harness, load_plugin
from satchel_testkit.memory import MemoryHarness
from satchel_testkit.options import Options
from satchel_testkit.relay import Hooks, compose
from satchel_testkit.wrappers import wrappers_called

KINDS = ("attachments", "session")
MEMORY = {"attachments": MemoryAttachments, "session": MemorySessions}


class UnknownKind(ValueError):
    """A store was asked for in another way than KIND:NAME."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A store and its wrapping; ``spec`` is what the user typed to name the store."""

    spec: str
    kind: str
    name: str
    store: type
    harness: type[Harness]
    wrapping: str
    options: Options
    harness_name: str | None = None

    @property
    def label(self) -> str:
        """What the store is called in settings."""
        return f"{self.kind}_{self.name.rpartition(':')[2]}".lower()

    def lacks(self, name: str) -> str | None:
        """Say so when neither the store nor its harness can do this, else ``None``."""
        if name in self.harness.can or name in getattr(self.store, "capabilities", ()):
            return None
        if hasattr(Harness, name):
            return f"the harness has no {name}"
        return f"no capability {name}"

    def make_harness(self, folder: Path) -> Harness:
        """A harness over a medium in this folder."""
        return self.harness(self.store, self.label, folder, self.options)

    async def open(self, stack: AsyncExitStack, harness: Harness) -> Hooks:
        """The hooks of another instance of the store, with its own instances of the wrappers."""
        hooks = Hooks()
        store = await stack.enter_async_context(harness.make(hooks))
        wrappers = [
            await harness.start(stack, wrapper, label, hooks)
            for label, wrapper in wrappers_called(self.wrapping).items()
        ]
        return compose(hooks, store, wrappers)


def find_subject(
    spec: str, wrapping: str, options: Options, harness_name: str | None = None
) -> Subject:
    """Find the store that ``spec`` names, and the harness that fits or that is named."""
    kind, _, name = spec.partition(":")
    if kind not in KINDS or not name:
        raise UnknownKind(f"'{spec}' names no store: write attachments:NAME or session:NAME.")
    store = MEMORY[kind] if name == "memory" else load_plugin(kind, name)
    wrappers_called(wrapping)
    label = f"{kind}_{name}".replace("-", "_")
    default = MemoryHarness if issubclass(store, tuple(MEMORY.values())) else Harness
    harness = load_harness(label, harness_name) or default
    if not issubclass(harness, Harness):
        raise NotInstalled(f"The harness {harness!r} of {label} does not extend {Harness!r}.")
    return Subject(spec, kind, name, store, harness, wrapping, options, harness_name)
