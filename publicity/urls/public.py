"""Public addresses of the app."""

from django.urls import path

from ..views import public, public_files, public_open_data

app_name = "publicity"

urlpatterns = [
    path("data/", public_open_data.OpenDataView.as_view(), name="open_data"),
    path("data/<str:name>", public_open_data.OpenDataFileView.as_view(), name="open_data_file"),
    path("publicity/<slug:kind>/", public.PublicationListView.as_view(), name="publication_list"),
    path(
        "publicity/<slug:kind>/list.csv",
        public_files.PublicationCsvView.as_view(),
        name="publication_csv",
    ),
    path(
        "publicity/<slug:kind>/feed.xml",
        public_files.PublicationFeedView.as_view(),
        name="publication_feed",
    ),
    path(
        "publicity/<slug:kind>/feed/",
        public_files.PublicationSubscribeView.as_view(),
        name="publication_subscribe",
    ),
    path("p/<slug:public_id>/", public.PublicationDetailView.as_view(), name="publication"),
    path(
        "p/<slug:public_id>/sheet.pdf",
        public_files.PublicationSheetView.as_view(),
        name="publication_sheet",
    ),
    path(
        "p/<slug:public_id>/qr.svg", public_files.PublicationQrView.as_view(), name="publication_qr"
    ),
]
