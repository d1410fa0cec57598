"""The desk of the deployment."""

from residencies.admin import activities, communication_news, events, relays, requests, residencies, rules

__all__ = ["activities", "communication_news", "events", "relays", "requests", "residencies", "rules"]
