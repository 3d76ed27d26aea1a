"""The verbs of the watch: record how scheduled work went, tell of incidents, take note of a backup."""

from .backups import record_backup
from .incidents import check
from .recording import recorded

__all__ = ["check", "record_backup", "recorded"]
