"""`/staff/reports/`."""

from django.urls import path

from ..views import staff

app_name = "reports"

urlpatterns = [path("rates/", staff.RatesReportView.as_view(), name="rates_report")]
