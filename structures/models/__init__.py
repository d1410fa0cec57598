"""The territory and who lives and works in it."""

from structures.models.territory import MileageScale, Territory, TerritoryMembership

__all__ = ["MileageScale", "Territory", "TerritoryMembership"]
