"""Sessions: who is asking, what is kept for them between requests, and under which seal."""

from satchel.sessions.contents import Lifetimes
from satchel.sessions.devices import Device, DeviceList
from satchel.sessions.middleware import SessionMiddleware, session_of
from satchel.sessions.origin import is_cross_site
from satchel.sessions.proxies import Proxies
from satchel.sessions.records import Change, Record, Records
from satchel.sessions.seal import KeyRing, SealBroken
from satchel.sessions.session import Session
from satchel.sessions.sessions import Sessions
from satchel.sessions.throttle import Limit, Throttle
from satchel.sessions.values import JSON

__all__ = [
    "JSON",
    "Change",
    "Device",
    "DeviceList",
    "KeyRing",
    "Lifetimes",
    "Limit",
    "Proxies",
    "Record",
    "Records",
    "SealBroken",
    "Session",
    "SessionMiddleware",
    "Sessions",
    "Throttle",
    "is_cross_site",
    "session_of",
]
