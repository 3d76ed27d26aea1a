"""`/enterprise/<code>/delegates/`."""

from django.urls import path

from ..views import enterprise

app_name = "records"

urlpatterns = [
    path("<slug:code>/delegates/", enterprise.DelegateListView.as_view(), name="delegate_list"),
    path(
        "<slug:code>/delegates/new/",
        enterprise.DelegateCreateView.as_view(),
        name="delegate_create",
    ),
    path(
        "<slug:code>/delegates/<int:pk>/",
        enterprise.DelegateEditView.as_view(),
        name="delegate_edit",
    ),
    path(
        "<slug:code>/delegates/<int:pk>/end/",
        enterprise.DelegateEndView.as_view(),
        name="delegate_end",
    ),
    path(
        "<slug:code>/delegates/<int:pk>/password/",
        enterprise.DelegatePasswordView.as_view(),
        name="delegate_password",
    ),
]
