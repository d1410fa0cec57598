"""What goes wrong with a file."""

from clea.errors import Refused


class PieceRefused(Refused):
    """A file that cannot be accepted; ``code`` is one of :mod:`clea.documents.enums`."""


class AssemblyFailed(Exception):
    """The assembled dossier would not be faithful to its pieces. An operator's matter: in English."""
