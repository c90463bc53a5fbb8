"""Counters and histograms of what the stores do, for Prometheus."""

from satchel_wrap_metrics.exposition import CONTENT_TYPE, exposition
from satchel_wrap_metrics.metrics import Metrics

__all__ = ["CONTENT_TYPE", "Metrics", "exposition"]
