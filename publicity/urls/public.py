"""Public addresses of the app."""

from django.urls import path

from ..views import public

app_name = "publicity"

urlpatterns = [
    path("publicity/<slug:kind>/", public.PublicationListView.as_view(), name="publication_list"),
    path("p/<slug:public_id>/", public.PublicationDetailView.as_view(), name="publication"),
]
