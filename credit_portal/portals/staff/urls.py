"""The first page of the desk."""

from django.urls import path

from . import views

urlpatterns = [path("", views.DeskView.as_view(), name="home")]
