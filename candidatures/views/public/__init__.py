"""What anyone may read, and the two doors that lead further: asking a question, starting a dossier."""

from candidatures.feeds import CallFeed
from candidatures.views.public.apply import apply
from candidatures.views.public.contact import ask, asked
from candidatures.views.public.pages import call_calendar, call_detail, call_list, home
from candidatures.views.public.plain import call_plain

__all__ = ["CallFeed", "apply", "ask", "asked", "call_calendar", "call_detail", "call_list", "call_plain", "home"]
