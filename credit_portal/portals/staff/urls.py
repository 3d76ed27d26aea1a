"""The staff tree, below /staff/."""

from django.urls import include, path

from . import views

app_name = "staff"

urlpatterns = [
    path("", views.DeskView.as_view(), name="home"),
    path("publicity/", include("publicity.urls.staff")),
]
