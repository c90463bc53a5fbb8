"""How the kit makes session stores over memcached hosts that run already."""

import hashlib

from satchel_testkit.harness import Harness
from satchel_testkit.options import Options


class MemcacheHarness(Harness):
    """Each folder has a prefix of its own, so that every test begins with nothing.

    What a host does that is down or hangs is tested beside this, where it can be waited for.
    """

    def settings(self) -> Options:
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()
        return {"memcache_prefix": digest[:16], "memcache_timeout": 2.0}
