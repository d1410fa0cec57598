"""One's own long work, on the coordination's desk."""

from django.urls import path

from clea.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.mine, name="list"),
    path("<uuid:uuid>/", views.page, name="page"),
    path("<uuid:uuid>/arreter/", views.cancel, name="cancel"),
    path("<uuid:uuid>/relancer/", views.restart, name="restart"),
]
