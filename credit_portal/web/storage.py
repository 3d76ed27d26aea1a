"""Static files whose names carry their digest, so that browsers may keep them for ever."""

from __future__ import annotations

import functools
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Works out each address once: a page names a dozen, and they do not change while the process lives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = functools.cache(super().url)
