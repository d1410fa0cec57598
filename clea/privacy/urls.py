"""The register of processing, on the coordination's desk."""

from django.urls import path

from clea.privacy import views

app_name = "privacy_register"
urlpatterns = [
    path("", views.page, name="page"),
    path("registre-des-traitements.csv", views.table, name="table"),
]
