"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_portal.settings")
application = get_wsgi_application()

from credit_portal.startup import refuse_insecure_settings  # noqa: E402 - needs the apps loaded

refuse_insecure_settings()
