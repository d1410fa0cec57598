"""Public pages: residencies, agenda, events, works."""

from residencies.urls import events, pages

app_name = "residencies"

urlpatterns = [*events.public, *pages.public]
