"""Public pages: residencies, agenda, events, works."""

from residencies.urls import events, pages, welcome

app_name = "residencies"

urlpatterns = [*events.public, *pages.public, *welcome.public]
