"""`/sign-in/`: of allauth's addresses only those that one door needs. The names are allauth's own."""

from allauth.account.views import logout
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from django.contrib.auth.decorators import login_required
from django.urls import path

from ..views import own, service_portal, sign_in

urlpatterns = [
    path("", sign_in.SignInView.as_view(), name="account_login"),
    path("service-portal/", service_portal.StartView.as_view(), name="service_portal"),
    path("service-portal/back/", service_portal.BackView.as_view(), name="service_portal_back"),
    path("out/", logout, name="account_logout"),
    path(
        "password/",
        login_required(own.PasswordView.as_view()),
        name="account_change_password",
    ),
    path("confirm/", sign_in.PasswordAgainView.as_view(), name="account_reauthenticate"),
    path("account/", own.AccountView.as_view(), name="mfa_index"),
    path("phone/", own.PhoneView.as_view(), name="account_phone"),
    path("sessions/", own.SessionListView.as_view(), name="account_sessions"),
    path("sessions/others/end/", own.EndOtherSessionsView.as_view(), name="account_end_sessions"),
    path("sessions/<int:pk>/end/", own.EndSessionView.as_view(), name="account_end_session"),
    path("renew/", own.RenewView.as_view(), name="account_renew"),
    path("kept/drop/", own.DropKeptFormView.as_view(), name="account_drop_kept_form"),
    path("code/", sign_in.CodeView.as_view(), name="mfa_authenticate"),
    path("code/confirm/", sign_in.CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path("code/setup/", sign_in.ActivateView.as_view(), name="mfa_activate_totp"),
    path("code/setup/qr.svg", sign_in.FactorImageView.as_view(), name="mfa_totp_image"),
    path("backup/", sign_in.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("backup/new/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
