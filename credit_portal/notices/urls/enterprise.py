"""`/enterprise/notices/`."""

from django.urls import path

from ..views import enterprise

app_name = "notices"

urlpatterns = [
    path("", enterprise.NoticeListView.as_view(), name="list"),
    path("read/", enterprise.NoticeReadAllView.as_view(), name="read_all"),
    path("<int:pk>/read/", enterprise.NoticeReadView.as_view(), name="read"),
]
