"""/ma-residence/…: the space of who runs a residency."""

from residencies.urls import activities, calendar, coverage, events, opening, papers, welcome

app_name = "studio"

urlpatterns = [
    *opening.studio,
    *papers.studio,
    *welcome.studio,
    *calendar.studio,
    *activities.studio,
    *coverage.studio,
    *events.studio,
]
