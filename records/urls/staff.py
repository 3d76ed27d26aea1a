"""`/staff/firms/`."""

from django.urls import path

from ..views import staff

app_name = "records"

urlpatterns = [
    path("letters/", staff.LetterListView.as_view(), name="letter_list"),
    path("letters/new/", staff.LetterCreateView.as_view(), name="letter_create"),
    path("letters/<int:pk>/", staff.LetterDetailView.as_view(), name="letter_detail"),
    path("letters/<int:pk>/revoke/", staff.LetterRevokeView.as_view(), name="letter_revoke"),
]
