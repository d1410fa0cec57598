"""The space of a structure's team."""
