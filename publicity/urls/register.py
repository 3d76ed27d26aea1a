"""`/staff/publicity/register/`."""

from django.urls import path

from ..views.staff.register import overview, series

urlpatterns = [
    path("", overview.OverviewView.as_view(), name="register_overview"),
    path("<str:uscc>/series/", series.SeriesListView.as_view(), name="register_series"),
    path(
        "<str:uscc>/series/new/", series.SeriesCreateView.as_view(), name="register_series_create"
    ),
    path(
        "<str:uscc>/series/<int:pk>/", series.SeriesEditView.as_view(), name="register_series_edit"
    ),
]
