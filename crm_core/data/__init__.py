"""Tables and transactions: the lowest layer that knows a database."""
