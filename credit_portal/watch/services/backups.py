"""What the script that makes the backups reports."""

from __future__ import annotations

import re

from django.db import transaction

from credit_portal.audit import services as audit
from credit_portal.exceptions import Refusal

from ..models import Backup


@transaction.atomic
def record_backup(*, file: str, size: int, digest: str) -> Backup:
    """Take note of a backup that was made. An empty file is none."""
    if size <= 0:
        raise Refusal("备份文件为空，没有登记。请检查备份脚本。")
    if not re.fullmatch(r"[0-9a-f]{64}", digest.lower()):
        raise Refusal("校验值应为 64 位十六进制的 SHA-256 值，没有登记。")
    backup = Backup.objects.create(file=file[-200:], size=size, digest=digest.lower())
    audit.record("backup.recorded", by=None, subject=backup, reason=backup.file)
    return backup
