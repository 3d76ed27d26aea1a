"""The three trees: public at the root, /staff/, /enterprise/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
