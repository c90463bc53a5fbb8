"""Writing a message and sending it once: drafts, tickets, and the way to the last dot."""

from satchel.sending.draft import Draft, Link
from satchel.sending.drafts import Drafts, StoredDraft
from satchel.sending.sending import Order, Sending, SendResult
from satchel.sending.ticket import State, Ticket, Tickets

__all__ = [
    "Draft",
    "Drafts",
    "Link",
    "Order",
    "SendResult",
    "Sending",
    "State",
    "StoredDraft",
    "Ticket",
    "Tickets",
]
