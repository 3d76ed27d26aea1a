"""`/staff/publicity/register/`."""

from django.urls import path

from ..views.staff.register import cases, gaps, overview, series, spots, zero

urlpatterns = [
    path("", overview.OverviewView.as_view(), name="register_overview"),
    path("spot-checks/", spots.SpotListView.as_view(), name="spot_list"),
    path("spot-checks/new/", spots.SpotCreateView.as_view(), name="spot_create"),
    path("spot-checks/<int:pk>/", spots.SpotDetailView.as_view(), name="spot_detail"),
    path("spot-checks/<int:pk>/names/", spots.SpotPopulationView.as_view(), name="spot_population"),
    path("<str:uscc>/", gaps.GapListView.as_view(), name="register_gaps"),
    path("<str:uscc>/answer/", gaps.AnswerView.as_view(), name="register_answer"),
    path("<str:uscc>/answers/", gaps.AnswerListView.as_view(), name="register_answers"),
    path("<str:uscc>/answers/decide/", gaps.DecideView.as_view(), name="register_decide"),
    path("<str:uscc>/cases/", cases.CaseListView.as_view(), name="register_cases"),
    path(
        "<str:uscc>/cases/upload/", cases.UploadCreateView.as_view(), name="register_upload_create"
    ),
    path("<str:uscc>/cases/uploads/<int:pk>/", cases.UploadView.as_view(), name="register_upload"),
    path(
        "<str:uscc>/cases/uploads/<int:pk>/faulty/",
        cases.UploadFaultyView.as_view(),
        name="register_faulty",
    ),
    path("<str:uscc>/zero/", zero.ZeroListView.as_view(), name="register_zero"),
    path(
        "<str:uscc>/zero/<str:kind>/<str:month>/",
        zero.ZeroSignView.as_view(),
        name="register_zero_sign",
    ),
    path("<str:uscc>/series/", series.SeriesListView.as_view(), name="register_series"),
    path(
        "<str:uscc>/series/new/", series.SeriesCreateView.as_view(), name="register_series_create"
    ),
    path(
        "<str:uscc>/series/<int:pk>/", series.SeriesEditView.as_view(), name="register_series_edit"
    ),
]
