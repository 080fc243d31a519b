"""Station 6: the exchange. Orders come in, events go out; standard library and sortedcontainers only.

``exchange`` is the door; behind it ``checks`` (who may come in), ``book`` (price-time priority), ``continuous`` (how an
order meets the book) and the tables they read: ``price_types``, ``phases``, ``rules``, ``codes``.
"""
