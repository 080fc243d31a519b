"""Stations 1, 3 and 9: the asynchronous shell around the deterministic core.

The only place that knows asyncio, uvloop and the wall clock, and the only one that joins ``storage`` to the rest.
``app`` starts and stops it, ``connection`` moves bytes, ``dispatcher`` is the one writer, ``clock`` tells the time,
``persistence`` makes it last.
"""
