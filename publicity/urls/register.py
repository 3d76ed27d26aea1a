"""`/staff/publicity/register/`."""

from django.urls import path

from ..views.staff.register import gaps, overview, series

urlpatterns = [
    path("", overview.OverviewView.as_view(), name="register_overview"),
    path("<str:uscc>/", gaps.GapListView.as_view(), name="register_gaps"),
    path("<str:uscc>/answer/", gaps.AnswerView.as_view(), name="register_answer"),
    path("<str:uscc>/answers/", gaps.AnswerListView.as_view(), name="register_answers"),
    path("<str:uscc>/answers/decide/", gaps.DecideView.as_view(), name="register_decide"),
    path("<str:uscc>/series/", series.SeriesListView.as_view(), name="register_series"),
    path(
        "<str:uscc>/series/new/", series.SeriesCreateView.as_view(), name="register_series_create"
    ),
    path(
        "<str:uscc>/series/<int:pk>/", series.SeriesEditView.as_view(), name="register_series_edit"
    ),
]
