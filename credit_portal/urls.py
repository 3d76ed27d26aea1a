"""The three trees: public at the root, /staff/, /enterprise/; and one door, /sign-in/.

An app adds one line for each tree in which it has pages. Names read `staff:<app>:<page>`.
"""

from django.urls import URLPattern, URLResolver, include, path

from credit_portal.watch.views.public import WatchHealthView
from credit_portal.web.views.care import CareOffView, CareView
from credit_portal.web.views.health import HealthView

Tree = list[URLPattern | URLResolver]

public: Tree = [
    path("", include("credit_portal.portals.public.urls")),
    path("", include("publicity.urls.public")),
]

staff: Tree = [
    path("", include("credit_portal.portals.staff.urls")),
    path("publicity/", include("publicity.urls.staff")),
    path("reports/", include("credit_portal.reports.urls.staff")),
    path("audit/", include("credit_portal.web.urls.audit")),
    path("notices/", include("credit_portal.notices.urls.staff")),
    path("gallery/", include("credit_portal.web.urls.gallery")),
    path("jobs/", include("credit_portal.jobs.urls.staff")),
    path("watch/", include("credit_portal.watch.urls.staff")),
    path("desk/", include("credit_portal.desk.urls.staff")),
    path("firms/", include("records.urls.staff")),
]

enterprise: Tree = [
    path("", include("credit_portal.portals.enterprise.urls")),
    path("", include("records.urls.enterprise")),
    path("notices/", include("credit_portal.notices.urls.enterprise")),
]

urlpatterns: Tree = [
    path("healthz", HealthView.as_view(), name="health"),
    path("healthz/watch", WatchHealthView.as_view(), name="health_watch"),
    path("care/on/", CareView.as_view(), name="care_on"),
    path("care/off/", CareOffView.as_view(), name="care_off"),
    path("sign-in/", include("credit_portal.accounts.urls.sign_in")),
    path("sign-in/activate/", include("records.urls.activation")),
    path("staff/", include((staff, "staff"))),
    path("enterprise/", include((enterprise, "enterprise"))),
    path("", include((public, "public"))),
]

handler400 = "credit_portal.web.errors.bad_request"
handler403 = "credit_portal.web.errors.forbidden"
handler404 = "credit_portal.web.errors.not_found"
handler500 = "credit_portal.web.errors.server_error"
