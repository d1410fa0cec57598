"""The coordinator's desk for calls and dossiers. Every row is within the territory's walls."""

from candidatures.admin.applications import ApplicationAdmin
from candidatures.admin.calls import CallAdmin
from candidatures.admin.extensions import ExtensionAdmin
from candidatures.admin.jury import JuryAdmin
from candidatures.admin.programmes import DisciplineAdmin, ProgrammeAdmin, SeasonAdmin
from candidatures.admin.questions import ContactMessageAdmin

__all__ = [
    "ApplicationAdmin",
    "CallAdmin",
    "ContactMessageAdmin",
    "DisciplineAdmin",
    "ExtensionAdmin",
    "JuryAdmin",
    "ProgrammeAdmin",
    "SeasonAdmin",
]
