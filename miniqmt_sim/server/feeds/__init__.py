"""Recorded markets: files in, quotes and history out, nobody ever seeing past the simulated now.

``files`` finds the data files of a directory, ``rows`` reads one row as integers, ``tape`` keeps the rows of a file in a
compact form that can be streamed and searched, ``history`` answers what was known at a moment, ``dividends`` reads who gave
what when, and ``make`` writes a small market of its own.
"""
