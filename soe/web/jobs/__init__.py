"""Long work with progress, cancelling and a result, each effect once: `@job`, `start`, `run`. See decision 0013."""

from .kinds import JobFailed, job
from .services import start

__all__ = ["JobFailed", "job", "start"]
