"""The registry of our own, and its page."""

from typing import Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
OWN: Final = CollectorRegistry()


def exposition() -> bytes:
    """What ``/metrics`` answers when ``registry`` is "own": send it as ``CONTENT_TYPE``."""
    return generate_latest(OWN)
