"""The desk of the deployment."""

from residencies.admin import activities, events, relays, requests, residencies, rules

__all__ = ["activities", "events", "relays", "requests", "residencies", "rules"]
