"""The space of who runs a residency."""
