"""A person's own data, among the pages of their account."""

from django.urls import path

from clea.privacy import own_views

app_name = "own_data"
urlpatterns = [
    path("", own_views.page, name="page"),
    path("telecharger/", own_views.download, name="download"),
    path("effacer/", own_views.erase, name="erase"),
]
