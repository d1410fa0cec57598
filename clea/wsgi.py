"""WSGI entry point (gunicorn clea.wsgi)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clea.settings")

# What is loaded here stays: looking through it for garbage, while it loads and at each round after, is half of the time
# of a start and some of every request's. The addresses too, or the first visitor waits for them.
gc.disable()
application = get_wsgi_application()
_addresses = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.enable()
