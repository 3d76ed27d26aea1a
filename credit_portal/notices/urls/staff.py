"""`/staff/notices/`."""

from django.urls import path

from ..views import contact, staff

app_name = "notices"

urlpatterns = [
    path("", staff.NoticeListView.as_view(), name="list"),
    path("read/", staff.NoticeReadAllView.as_view(), name="read_all"),
    path("<int:pk>/read/", staff.NoticeReadView.as_view(), name="read"),
    path("contact/", contact.ContactView.as_view(), name="contact"),
    path("contact/confirm/", contact.ConfirmView.as_view(), name="confirm"),
    path("contact/code/", contact.CodeView.as_view(), name="code"),
]
