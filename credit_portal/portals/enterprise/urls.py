"""The enterprise tree, below /enterprise/."""

from django.urls import path

from . import views

app_name = "enterprise"

urlpatterns = [path("", views.EnterpriseHomeView.as_view(), name="home")]
