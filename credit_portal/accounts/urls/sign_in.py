"""`/sign-in/`: of allauth's addresses only those that one door needs. The names are allauth's own."""

from allauth.account.views import logout, reauthenticate
from allauth.mfa.base.views import reauthenticate as reauthenticate_by_code
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from django.contrib.auth.decorators import login_required
from django.urls import path

from ..views import service_portal, sign_in

urlpatterns = [
    path("", sign_in.SignInView.as_view(), name="account_login"),
    path("service-portal/", service_portal.StartView.as_view(), name="service_portal"),
    path("service-portal/back/", service_portal.BackView.as_view(), name="service_portal_back"),
    path("out/", logout, name="account_logout"),
    path("password/", login_required(service_portal.own_password), name="account_change_password"),
    path("confirm/", reauthenticate, name="account_reauthenticate"),
    path("account/", sign_in.SecurityView.as_view(), name="mfa_index"),
    path("code/", sign_in.CodeView.as_view(), name="mfa_authenticate"),
    path("code/confirm/", reauthenticate_by_code, name="mfa_reauthenticate"),
    path("code/setup/", sign_in.ActivateView.as_view(), name="mfa_activate_totp"),
    path("code/setup/qr.svg", sign_in.FactorImageView.as_view(), name="mfa_totp_image"),
    path("backup/", sign_in.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("backup/new/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
