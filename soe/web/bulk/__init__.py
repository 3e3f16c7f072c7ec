"""One step on many rows of a list: tick, see what will happen to each, do it once, take it back if need be.

A list offers it with `bulk_actions = (ForwardAction(), …)`; see `BulkAction` for what an action says.
"""

from .actions import BulkAction

__all__ = ["BulkAction"]
