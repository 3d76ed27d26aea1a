"""Gives every request a number, kept in its audit rows and told in the answer."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from .context import request_id


class RequestIdMiddleware:
    """The number is ours: one sent by the caller could be forged into somebody else's trail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = str(uuid4())
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = number
        return response
