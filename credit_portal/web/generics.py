"""Lets Django's view and form classes be written with the type they hold: `ListView[Decision]`.

The stubs know them as generic, Django itself does not. Done when this app is loaded, before any view is.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.forms.formsets import BaseFormSet
from django.forms.models import BaseModelForm
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.edit import DeletionMixin, FormMixin
from django.views.generic.list import MultipleObjectMixin

CLASSES: tuple[type[Any], ...] = (
    BaseFormSet,
    BaseModelForm,
    DeletionMixin,
    FormMixin,
    MultipleObjectMixin,
    Page,
    Paginator,
    SingleObjectMixin,
)


def allow_type_arguments() -> None:
    for one in CLASSES:
        if not hasattr(one, "__class_getitem__"):
            one.__class_getitem__ = classmethod(lambda cls, *arguments: cls)
