"""``/territoire/…``. The short forms serve an installation that holds one territory."""

from django.urls import path

from structures.views import public

app_name = "territory"

urlpatterns = [
    path("", public.index, name="index"),
    path("structures/", public.directory, name="directory"),
    path("communes/<slug:slug>/", public.short_commune, name="short_commune"),
    path("structures/<slug:slug>/", public.short_structure, name="short_structure"),
    path("<slug:territory>/", public.index, name="index"),
    path("<slug:territory>/structures/", public.directory, name="directory"),
    path("<slug:territory>/structures/<slug:slug>/", public.structure, name="structure"),
    path("<slug:territory>/communes/<slug:slug>/", public.commune, name="commune"),
]
