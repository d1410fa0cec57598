"""The public addresses, in French. Each app keeps its own."""

from django.conf.urls.i18n import set_language
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from candidatures.views.public import home

urlpatterns = [
    path("", home, name="home"),
    path("appels/", include("candidatures.urls.calls")),
    path("candidatures/", include("candidatures.urls.applications")),
    path("territoire/", include("structures.urls")),
    path("compte/", include("clea.accounts.urls")),
    path("fichiers/", include("clea.documents.urls")),
    path("coordination/", admin.site.urls),
    path("langue/", login_not_required(set_language), name="set_language"),
    path("", include("clea.ui.urls")),
]
