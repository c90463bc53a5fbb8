"""What goes wrong with a database."""

from satchel_hookspecs import Unavailable


class Overtaken(Unavailable):
    """Other transactions came first, and nothing of this one is kept: it may be done again."""


class UnusableDatabase(Exception):
    """The database cannot be used as it is set up; the message says what to do."""


class UnfitServer(UnusableDatabase):
    """A server answers that is not the one it should be, such as a writer that cannot write."""


class NewerSchema(UnusableDatabase):
    """The tables were made by a newer version of the plugin than this one."""
