"""What goes wrong with a file."""

from clea.errors import Refused, Unavailable


class PieceRefused(Refused):
    """A file that cannot be accepted; ``code`` is one of :mod:`clea.documents.enums`, or ``infected``."""


class Withheld(Refused):
    """Nobody may read this file now: the antivirus holds it, or has not been heard yet."""


class AssemblyFailed(Unavailable):
    """The assembled dossier would not be faithful to its pieces, or is beyond the limits of who makes it.

    An operator's matter: in English. The pieces are safe, each readable by itself; whoever opens it next has it tried
    again.
    """
