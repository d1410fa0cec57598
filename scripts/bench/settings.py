"""The production settings, with the bench's own addresses: an empty view, and a count of queries when one asks."""

from clea.settings import *  # noqa: F403
from clea.settings import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
# First: it sees every query, those of the other middleware too. It does nothing unless the request asks.
MIDDLEWARE = ["bench.urls.count_queries", *MIDDLEWARE]
