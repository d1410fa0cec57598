"""The coordinator's pages on a jury: one address a subject, all behind the territory's walls."""

from candidatures.admin.jury.desk import JuryAdmin

__all__ = ["JuryAdmin"]
