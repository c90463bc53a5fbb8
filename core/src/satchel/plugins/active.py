"""A plugin of this host: made, and started in its turn."""

from dataclasses import dataclass

from satchel.plugins.inventory import Kind
from satchel_hookspecs import PluginContext


@dataclass(frozen=True, slots=True)
class Active:
    """One plugin; the host starts without it when it is ``optional``.

    One that ``may_fail`` degrades the host when it fails later, and no more.
    """

    label: str
    kind: Kind
    instance: object
    context: PluginContext
    optional: bool
    may_fail: bool
    package: str

    @property
    def capabilities(self) -> frozenset[str]:
        """What a store says that it can do beyond the least."""
        return frozenset(getattr(self.instance, "capabilities", ()))
