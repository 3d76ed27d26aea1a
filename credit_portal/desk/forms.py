"""The name of a saved query."""

from django import forms

from credit_portal.web.forms import PortalForm


class QueryForm(PortalForm):
    """Length and emptiness are judged by the service, which says how long the name is."""

    name = forms.CharField(
        label="名称",
        required=False,
        help_text="不超过 30 字，例如“本周到期”。",
        widget=forms.TextInput(attrs={"maxlength": 30, "autocomplete": "off"}),
    )
