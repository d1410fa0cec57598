from django.urls import path

from clea.documents import views

app_name = "documents"

urlpatterns = [
    path("<uuid:uuid>/", views.serve, name="file"),
]
