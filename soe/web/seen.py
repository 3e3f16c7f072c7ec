"""Which version of a record a person had before her when she decided; several records share one mark."""

import hashlib

from django.db import models

FIELD = "seen"


def mark(rows) -> str:
    """ "7" for one record; a digest of all ids and versions for several."""
    if isinstance(rows, models.Model):
        return str(getattr(rows, "version", "") or "")
    if not rows:
        return ""
    text = "|".join(sorted(f"{row.pk}:{row.version}" for row in rows))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
