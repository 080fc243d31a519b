"""The SDK: ``xtquant`` as a strategy knows it, speaking with a miniqmt-sim server.

``xttrader`` holds the trader and the callback class, ``xttype`` what they take and give, ``xtconstant`` the numbers,
``xtdata`` a place for market data. Modules beginning with an underscore are not part of the vendor's surface.
"""

__version__ = "xtquant_250807"  # the vendor's edition whose surface this is
