"""WSGI entry point (gunicorn clea.wsgi)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clea.settings")

application = get_wsgi_application()
