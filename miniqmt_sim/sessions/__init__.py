"""Stations 4 and 8: who asks, for which account, and who is told.

``registry`` knows the connections and what they subscribed to, ``handlers`` and ``operator`` are tables from a message to
what it does, ``views`` turn the core's integers into the SDK's fields, ``pushes`` tells subscribers what happened.
"""
