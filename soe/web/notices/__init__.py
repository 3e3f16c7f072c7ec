"""Notices: short hints to one person that something happened to a record she may see.

`notify(users, kind, *, title, url, target=None)`; kinds are registered by the apps in `AppConfig.ready()`:
`kinds.add("complaint_routed", "Beschwerde für meinen Fachbereich", about=("objects.complaint",), titles=(…))`.
"""

from .kinds import kinds

__all__ = ["kinds", "notify"]


def notify(users, kind, *, title, url, target=None, key="", bundle=False, on=None):
    """See services.notify; here without importing models, so that every app may import it at any time."""
    from . import services

    return services.notify(users, kind, title=title, url=url, target=target, key=key, bundle=bundle, on=on)
