"""Auskunft (Art. 15 DSGVO): everything SOE holds about one person, for the person herself.

Apps register whom one may ask about (`sources`); `collecting` gathers, `rendering` makes JSON and PDF of it.
"""
