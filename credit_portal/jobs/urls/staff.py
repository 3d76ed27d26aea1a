"""`/staff/jobs/`."""

from django.urls import path

from ..views import staff

app_name = "jobs"

urlpatterns = [
    path("", staff.JobListView.as_view(), name="list"),
    path("<int:pk>/", staff.JobDetailView.as_view(), name="detail"),
    path("<int:pk>/file/", staff.JobFileView.as_view(), name="file"),
]
