"""The meters: every series that is kept, none of which has a label without bounds."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram

from satchel_hookspecs import (
    ChecksumMismatch,
    Conflict,
    QuotaExceeded,
    Rejected,
    StorageFull,
    TooLarge,
    Unavailable,
)
from satchel_wrap_metrics.counts import Counts

KNOWN_ERRORS = (
    ChecksumMismatch,
    Conflict,
    QuotaExceeded,
    Rejected,
    StorageFull,
    TooLarge,
    Unavailable,
)
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60)


class Meters:
    """The series of one registry; several plugins may share them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        by = ("hook", "store")
        self.calls = Counter(
            "satchel_hook_calls", "Calls of a hook that were begun.", by, registry=registry
        )
        self.errors = Counter(
            "satchel_hook_errors", "Calls that failed.", (*by, "error"), registry=registry
        )
        self.seconds = Histogram(
            "satchel_hook_seconds", "How long calls took.", by, buckets=SECONDS, registry=registry
        )
        self.bytes = Counter(
            "satchel_attachment_bytes",
            "Bytes of the clients that went into a store, or came out.",
            ("direction", "store"),
            registry=registry,
        )
        self.counts = Counts()
        registry.register(self.counts)

    @contextmanager
    def call(self, hook: str, store: str) -> Iterator[None]:
        """Count a call, its time, and its error if there is one."""
        self.calls.labels(hook, store).inc()
        began = time.perf_counter()
        try:
            with self.failing(hook, store):
                yield
        finally:
            self.seconds.labels(hook, store).observe(time.perf_counter() - began)

    @contextmanager
    def failing(self, hook: str, store: str) -> Iterator[None]:
        """Count an error if there is one."""
        try:
            yield
        except (Exception, asyncio.CancelledError) as error:
            self.errors.labels(hook, store, name_of(error)).inc()
            raise


@cache
def meters(registry: CollectorRegistry) -> Meters:
    """The meters of this registry, the same every time: it refuses a second set of a name."""
    return Meters(registry)


def name_of(error: BaseException) -> str:
    """The name of an error of the contract, ``cancelled``, or ``unexpected``."""
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    return next((kind.__name__ for kind in KNOWN_ERRORS if isinstance(error, kind)), "unexpected")
