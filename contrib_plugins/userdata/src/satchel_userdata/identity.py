"""An identity: who the user writes as."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """A sender with a signature; ``standard`` marks the one that a new letter begins with.

    ``reply_to`` and ``bcc`` are addresses or empty. ``revision`` counts the changes. The signature
    is kept as it was given: whoever shows it as HTML has to clean it.
    """

    id: str
    name: str
    address: str
    organization: str
    reply_to: str
    bcc: str
    signature: str
    signature_is_html: bool
    standard: bool
    revision: int
