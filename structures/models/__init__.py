"""The territory and who lives and works in it."""

from structures.models.letters import StandardLetter
from structures.models.places import Commune, PriorityDistrict, SchoolDistrict
from structures.models.structure import (
    Closure,
    FormerStructure,
    Institution,
    Professional,
    Structure,
    StructureKind,
)
from structures.models.territory import MileageScale, Territory, TerritoryMembership

__all__ = [
    "Closure",
    "Commune",
    "FormerStructure",
    "Institution",
    "MileageScale",
    "PriorityDistrict",
    "Professional",
    "SchoolDistrict",
    "StandardLetter",
    "Structure",
    "StructureKind",
    "Territory",
    "TerritoryMembership",
]
