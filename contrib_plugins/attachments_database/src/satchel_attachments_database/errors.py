"""What goes wrong with a piece."""

from satchel_hookspecs import Unavailable


class Unwritten(Unavailable):
    """A piece was not written to its end, and yet the database answers.

    Its rows were swept or written by somebody else meanwhile, or its frames did not come.
    """
