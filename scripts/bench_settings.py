"""The production settings, with one address more: the empty view that pages are compared to."""

from clea.settings import *  # noqa: F403

ROOT_URLCONF = "scripts.bench_urls"
