"""How long a worker may be silent. In a file of its own, without models, so that tests may shorten it."""

from datetime import timedelta

LEASE = timedelta(seconds=60)
BEAT = timedelta(seconds=10)
