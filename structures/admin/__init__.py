"""The coordinator's desk for the territory."""

from structures.admin import places, structures

__all__ = ["places", "structures"]
