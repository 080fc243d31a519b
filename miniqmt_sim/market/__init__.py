"""Who is on the other side: quotes, and the house that turns them into orders in the same book as everybody's.

``quote`` is the model, ``synthetic`` invents quotes from a seed, ``house`` stands in the book for the rest of the market,
``market`` joins them. Readers of recorded quotes live in ``server/feeds``.
"""
