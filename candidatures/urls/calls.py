"""/appels/…: public."""

from django.urls import path

from candidatures.views import public

app_name = "calls"

urlpatterns = [
    path("", public.call_list, name="list"),
    path("fil.atom", public.CallFeed(), name="feed"),
    path("<slug:slug>/", public.call_detail, name="detail"),
    path("<slug:slug>/facile-a-lire/", public.call_plain, name="plain"),
    path("<slug:slug>/dates.ics", public.call_calendar, name="calendar"),
    path("<slug:slug>/question/", public.ask, name="ask"),
    path("<slug:slug>/question/envoyee/", public.asked, name="asked"),
    path("<slug:slug>/candidater/", public.apply, name="apply"),
]
