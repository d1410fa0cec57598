"""Addresses of one subject: communication."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.feeds import NewsFeed
from residencies.views.public import news

#: At the root, namespace ``residencies``.
public: list[URLPattern] = [
    path("actualites/", news.news_list, name="news"),
    path("actualites/fil.atom", NewsFeed(), name="news_feed"),
    path("actualites/abonnement/", news.subscribe, name="news_subscribe"),
    path("actualites/abonnement/envoye/", news.subscribed, name="news_subscribed"),
    path("actualites/abonnement/<str:token>/", news.confirm, name="news_confirm"),
    path("actualites/desabonnement/<str:token>/", news.leave, name="news_leave"),
    path("actualites/<slug:slug>/", news.news_item, name="news_item"),
]
