"""The first page of a firm's desk."""

from django.urls import path

from . import views

urlpatterns = [path("", views.EnterpriseHomeView.as_view(), name="home")]
