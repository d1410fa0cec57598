"""/ma-residence/…: the space of who runs a residency."""

from residencies.urls import activities, calendar, coverage, events, money, opening, papers, traces, trips, welcome

app_name = "studio"

urlpatterns = [
    *opening.studio,
    *papers.studio,
    *welcome.studio,
    *calendar.studio,
    *activities.studio,
    *coverage.studio,
    *events.studio,
    *money.studio,
    *trips.studio,
    *traces.studio,
]
