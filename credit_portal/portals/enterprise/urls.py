"""A firm's desk: the tiles, its record, its report, where to turn."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.EnterpriseHomeView.as_view(), name="home"),
    path("<slug:code>/record/", views.RecordView.as_view(), name="record"),
    path("<slug:code>/repair/", views.RepairView.as_view(), name="repair"),
    path("<slug:code>/report/", views.ReportView.as_view(), name="report"),
    path("<slug:code>/report/pdf/", views.ReportPdfView.as_view(), name="report_pdf"),
]
