"""`/staff/notices/`."""

from django.urls import path

from ..views import staff

app_name = "notices"

urlpatterns = [
    path("", staff.NoticeListView.as_view(), name="list"),
    path("read/", staff.NoticeReadAllView.as_view(), name="read_all"),
    path("<int:pk>/read/", staff.NoticeReadView.as_view(), name="read"),
]
