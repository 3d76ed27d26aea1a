"""The home page, the search and the firm's page."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("entities/<slug:code>/", views.EntityView.as_view(), name="entity"),
]
