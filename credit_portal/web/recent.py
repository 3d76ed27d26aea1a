"""Acts that a signature stands for: the person proves anew who they are, unless they did a moment ago."""

from __future__ import annotations

import time

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from .gates import SignedInView


def proven_lately(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] <= REAUTHENTICATION_TIMEOUT


class ProvenLately(SignedInView):
    """Before a view of staff: leads over the second factor once more, and back."""

    def unfinished_sign_in(self, request: HttpRequest) -> str:
        detour = super().unfinished_sign_in(request)
        return detour or ("" if proven_lately(request) else "mfa_reauthenticate")
