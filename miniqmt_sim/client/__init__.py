"""The other end of the wire: how a program finds a server, speaks with it, and sees it as ``xtquant``.

``discovery`` finds the address and the token, ``transport`` carries requests, answers and pushes,
``hook`` makes ``import xtquant`` mean ``miniqmt_sim.xtquant``. Nothing here knows the server's inside.
"""
