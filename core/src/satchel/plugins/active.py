"""A plugin of this host: made, and started in its turn."""

from dataclasses import dataclass

from satchel.plugins.inventory import Kind
from satchel_hookspecs import PluginContext


@dataclass(frozen=True, slots=True)
class Active:
    """One plugin; the host goes on without it when it is ``optional``."""

    label: str
    kind: Kind
    instance: object
    context: PluginContext
    optional: bool
    package: str

    @property
    def capabilities(self) -> frozenset[str]:
        """What a store says that it can do beyond the least."""
        return frozenset(getattr(self.instance, "capabilities", ()))
