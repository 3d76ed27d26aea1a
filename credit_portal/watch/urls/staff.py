"""`/staff/watch/`."""

from django.urls import path

from ..views import staff

app_name = "watch"

urlpatterns = [path("", staff.WatchView.as_view(), name="page")]
