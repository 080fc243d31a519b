"""One behaviour suite for every way a strategy reaches the simulator: what ``drivers`` lists, each test sees in turn.

``drivers`` says what is driven and what it is connected to, ``desk`` is a strategy in a few words, ``deviations`` the table
of what the vendor's wheel does otherwise by itself. A test that holds for one driver only does not belong here.
"""
