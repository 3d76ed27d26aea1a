"""WSGI entry point of the bare site."""

from django import setup
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

setup()  # the account app refuses to load without its middleware
settings.MIDDLEWARE = []
application = WSGIHandler()
