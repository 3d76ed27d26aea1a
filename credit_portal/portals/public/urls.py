"""The public tree, at the root."""

from django.urls import include, path

from . import views

app_name = "public"

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("entities/<str:code>/", views.EntityView.as_view(), name="entity"),
    path("", include("publicity.urls.public")),
]
