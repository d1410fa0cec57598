"""/calendriers/…: private calendar addresses."""

from residencies.urls import calendar

app_name = "feeds"

urlpatterns = [*calendar.feeds]
