"""The coordinator's desk for the territory."""

from structures.admin import letters, places, structures

__all__ = ["letters", "places", "structures"]
