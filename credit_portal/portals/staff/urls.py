"""The first page of the desk, and its search."""

from django.urls import path

from . import search, views

urlpatterns = [
    path("", views.DeskView.as_view(), name="home"),
    path("search/", search.DeskSearchView.as_view(), name="search"),
]
