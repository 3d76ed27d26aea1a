"""Exit 0 when the web process of this container answers. The host name must be one that it serves."""  # noqa: INP001

import os
import sys
import urllib.request

host = os.environ.get("PORTAL_HOSTS", "localhost").split(",")[0].strip()
request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
try:
    with urllib.request.urlopen(request, timeout=8) as answer:  # noqa: S310 - the address is above
        sys.exit(0 if answer.status == 200 else 1)
except OSError as error:
    sys.exit(f"no answer: {error}")
