"""`/staff/desk/`."""

from django.urls import path

from ..views import lists

app_name = "desk"

urlpatterns = [
    path("queries/", lists.QuerySaveView.as_view(), name="query_save"),
    path("queries/<int:pk>/", lists.QueryRenameView.as_view(), name="query_rename"),
    path("queries/<int:pk>/delete/", lists.QueryDeleteView.as_view(), name="query_delete"),
    path("columns/", lists.ColumnsView.as_view(), name="columns"),
]
