"""The views every app builds on. Each declares what right it needs; see `soe/web/policy.py`."""

from .base import PageView, ScopedMixin, SuggestView
from .detail import Action, ScopedDetailView
from .edit import ActionView, KeptInList, ScopedCreateView, ScopedUpdateView
from .lists import ScopedListView

__all__ = [
    "Action",
    "ActionView",
    "KeptInList",
    "PageView",
    "ScopedCreateView",
    "ScopedDetailView",
    "ScopedListView",
    "ScopedMixin",
    "ScopedUpdateView",
    "SuggestView",
]
