"""The memcached hosts of satchel: one thread a host, and values that are kept twice."""

from satchel_memcache.address import Address, AddressError, parse_address
from satchel_memcache.cell import Cell
from satchel_memcache.config import MemcacheConfig
from satchel_memcache.copies import Copies
from satchel_memcache.counters import Counters
from satchel_memcache.errors import UnusableMemcache
from satchel_memcache.host import Host
from satchel_memcache.host_cell import HostCell
from satchel_memcache.item import Item
from satchel_memcache.large_register import LargeRegister
from satchel_memcache.limits import CANNOT
from satchel_memcache.memcache import Memcache
from satchel_memcache.pieces import MemcachePieces
from satchel_memcache.register import Register, Step, Swap, Value
from satchel_memcache.seal import Foreign, Forged, Seal
from satchel_memcache.seen import NOTHING, Seen, Token
from satchel_memcache.stamp import Stamp

__all__ = [
    "CANNOT",
    "NOTHING",
    "Address",
    "AddressError",
    "Cell",
    "Copies",
    "Counters",
    "Foreign",
    "Forged",
    "Host",
    "HostCell",
    "Item",
    "LargeRegister",
    "Memcache",
    "MemcacheConfig",
    "MemcachePieces",
    "Register",
    "Seal",
    "Seen",
    "Stamp",
    "Step",
    "Swap",
    "Token",
    "UnusableMemcache",
    "Value",
    "parse_address",
]
