"""The parts of the demo city in the order in which they need each other."""

from . import city, houses

PARTS = [city.build, houses.build]
