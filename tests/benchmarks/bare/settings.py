"""The portal's own settings without context processors and pages; wsgi.py takes the middleware away."""

from credit_portal.settings import *  # noqa: F403
from credit_portal.settings import BASE_DIR

ROOT_URLCONF = "tests.benchmarks.bare.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "tests" / "benchmarks" / "bare"],
    }
]
