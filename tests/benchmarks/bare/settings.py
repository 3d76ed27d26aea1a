"""The portal's own settings without middleware, context processors and pages."""

from credit_portal.settings import *  # noqa: F403
from credit_portal.settings import BASE_DIR

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.benchmarks.bare.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "tests" / "benchmarks" / "bare"],
    }
]
