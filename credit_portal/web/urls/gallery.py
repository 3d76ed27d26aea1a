"""`/staff/gallery/`."""

from django.urls import path

from ..views.gallery import ComponentView, GalleryView

app_name = "gallery"

urlpatterns = [
    path("", GalleryView.as_view(), name="list"),
    path("<slug:name>/", ComponentView.as_view(), name="component"),
]
