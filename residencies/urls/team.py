"""/ma-structure/…: the space of a structure's team."""

from residencies.urls import activities, calendar, events, papers, requests

app_name = "team"

urlpatterns = [*requests.team, *papers.team, *calendar.team, *activities.team, *events.team]
