"""The parts of the demo city in the order in which they need each other."""

from . import city, counselling, days, houses, ownership, priority, reporting, steering, stories

PARTS = [
    city.build,
    houses.build,
    days.build,
    counselling.build,
    stories.build,
    priority.build,
    steering.build,
    reporting.build,
    ownership.build,
]
