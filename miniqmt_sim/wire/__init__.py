"""Station 2: bytes to messages and back, without I/O; server and client share it (sans-I/O).

``frames`` cuts a byte stream into payloads, ``messages`` is the table of everything that may be said,
``protocol`` joins both into one object with two inlets (bytes, messages) and two outlets (messages, bytes).
"""
