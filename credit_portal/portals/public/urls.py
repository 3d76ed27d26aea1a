"""The home page, the search, the firm's page, the articles, and the pages for machines."""

from django.urls import path

from . import machines, views

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("entities/<slug:code>/", views.EntityView.as_view(), name="entity"),
    path("articles/", views.ArticleListView.as_view(), name="articles"),
    path("articles/<slug:slug>/", views.ArticleView.as_view(), name="article"),
    path("robots.txt", machines.RobotsView.as_view(), name="robots"),
    path("favicon.ico", machines.FaviconView.as_view(), name="favicon"),
    path("sitemap.xml", machines.SitemapIndexView.as_view(), name="sitemap_index"),
    path("sitemap-<slug:section>.xml", machines.SitemapView.as_view(), name="sitemap"),
]
