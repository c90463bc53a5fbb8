"""A limit on what every owner keeps."""

from satchel_wrap_quota.quota import Quota

__all__ = ["Quota"]
