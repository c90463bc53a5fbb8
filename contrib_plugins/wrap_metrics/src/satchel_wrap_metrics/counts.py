"""What other plugins count, as it stands when somebody looks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector


@runtime_checkable
class Counting(Protocol):
    """A plugin whose counts can be shown: each only grows while the process lives."""

    @property
    def counters(self) -> Mapping[str, int]: ...


class Counts(Collector):
    """The counts of plugins; those of one name, in two hosts of a process, are added up."""

    def __init__(self) -> None:
        self._shown: list[tuple[str, Counting]] = []

    @contextmanager
    def showing(self, plugins: Mapping[str, Counting]) -> Iterator[None]:
        """Show the counts of these plugins, by their names, until the block ends."""
        added = [*plugins.items()]
        self._shown += added
        try:
            yield
        finally:
            self._shown = [one for one in self._shown if one not in added]

    def describe(self) -> Iterator[CounterMetricFamily]:
        """The series, without what is counted."""
        yield CounterMetricFamily(
            "satchel_plugin_events", "What a plugin has counted.", labels=("plugin", "event")
        )

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The series, with what is counted by now."""
        counts = Counter[tuple[str, str]]()
        for name, plugin in self._shown:
            for event, count in plugin.counters.items():
                counts[name, event] += count
        for series in self.describe():
            for labels, count in counts.items():
                series.add_metric(labels, count)
            yield series
