"""Stations 5 and 7: the broker's counter. What an order costs an account, what a fill moves, what a day's end settles.

``broker`` is the door; ``account``, ``position``, ``order`` are what it changes, ``order_types`` and ``status`` the tables
it reads, ``fees`` and ``ledger`` the money, ``settlement`` the turn of the day.
"""
