"""An identity as a plugin keeps it: who a user writes as."""

from typing import Protocol


class Identity(Protocol):
    """A sender with a signature; ``revision`` counts the changes."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def organization(self) -> str: ...

    @property
    def reply_to(self) -> str: ...

    @property
    def bcc(self) -> str: ...

    @property
    def signature(self) -> str: ...

    @property
    def signature_is_html(self) -> bool: ...

    @property
    def standard(self) -> bool: ...

    @property
    def revision(self) -> int: ...
