"""The public addresses, in French. Each app keeps its own."""

from django.contrib import admin
from django.urls import include, path

from candidatures.views.public import home
from clea.privacy import answer_views as answer
from clea.privacy import views as privacy
from clea.ui import style
from clea.upkeep.views import measures

handler400 = "clea.ui.views.bad_request"
handler429 = "clea.ui.limits.too_many"
handler500 = "clea.ui.unavailable.breakdown"

urlpatterns = [
    path("", home, name="home"),
    path("appels/", include("candidatures.urls.calls")),
    path("candidatures/", include("candidatures.urls.applications")),
    path("jury/", include("candidatures.urls.jury")),
    path("territoire/", include("structures.urls")),
    path("ma-residence/", include("residencies.urls.studio")),
    path("ma-structure/", include("residencies.urls.team")),
    path("calendriers/", include("residencies.urls.feeds")),
    path("", include("residencies.urls.public")),
    path("compte/mes-donnees/", include("clea.privacy.own_urls")),
    path("compte/", include("clea.accounts.urls")),
    path("fichiers/", include("clea.documents.urls")),
    path("donnees-personnelles/", privacy.public, name="privacy"),
    path("coordination/droits-d-une-personne/", answer.page, name="privacy_answer"),
    path("coordination/registre-des-traitements/", include("clea.privacy.urls")),
    path("coordination/travaux/", include("clea.jobs.urls")),
    path("coordination/style/", style.page, name="style"),
    path("coordination/", admin.site.urls),
    path("aide/", include("clea.ui.guides")),
    path("sante/mesures/", measures, name="measures"),
    path("", include("clea.ui.urls")),
]
