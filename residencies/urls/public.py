"""Public pages: residencies, agenda, events, works."""

from residencies.urls import bilan, communication, events, feedback, pages, steering, traces, welcome

app_name = "residencies"

urlpatterns = [
    *events.public,
    *pages.public,
    *welcome.public,
    *steering.public,
    *feedback.public,
    *communication.public,
    *traces.public,
    *bilan.public,
]
