"""`/sign-in/activate/`: how a firm's account comes to exist."""

from django.urls import path

from ..views import activation

app_name = "activation"

urlpatterns = [
    path("", activation.StartView.as_view(), name="start"),
    path("firm/", activation.ConfirmView.as_view(), name="confirm"),
    path("identity/", activation.IdentityView.as_view(), name="identity"),
]
