"""Names of the two cookies that outlive a session (docs/adr/0012). Neither opens anything by itself."""

from django.conf import settings

LAST_PERSON = (
    f"{settings.SESSION_COOKIE_NAME}-last"  # signed: whose session there was at this browser
)
LAST_PERSON_AGE = 3 * 24 * 3600  # a night, a weekend
KEPT_FORM = f"{settings.SESSION_COOKIE_NAME}-kept"  # key of one kept form
