"""Calendars: one event as a file, and feeds that a calendar program fetches by a secret address.

Apps register what there is: `feeds.add("meetings", "Sitzungen", source)` with `source(user, since) -> Iterable[Event]`.
"""
