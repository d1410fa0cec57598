"""The shell's own public pages, at the root of the site."""

from django.urls import path

from clea.ui import views

urlpatterns = [
    path("langue/", views.switch_language, name="set_language"),
    path("sante/", views.health, name="health"),
    path("sante/pret/", views.ready, name="health_ready"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions-legales/", views.legal, name="legal"),
    path("cookies/", views.cookies, name="cookies"),
    path("eco-conception/", views.ecodesign, name="ecodesign"),
    path("plan-du-site/", views.site_map, name="site_map"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("favicon.ico", views.favicon, name="favicon"),
    path(".well-known/security.txt", views.security, name="security"),
]
