"""Keeps what the users of satchel settle and collect."""

from satchel_userdata.contact import Contact, ContactGroup, ContactPage
from satchel_userdata.identity import Identity
from satchel_userdata.plugin import Userdata
from satchel_userdata.recipient import Recipient, Suggestion
from satchel_userdata.specs import UserdataSpecs

__all__ = [
    "Contact",
    "ContactGroup",
    "ContactPage",
    "Identity",
    "Recipient",
    "Suggestion",
    "Userdata",
    "UserdataSpecs",
]
