"""Seals: history rows and logs hashed into a chain, so that nobody can change, remove or insert one unseen.

`rows` says what is hashed, `chain` writes seals, `verify` reads everything again. See decision 0009.
"""
