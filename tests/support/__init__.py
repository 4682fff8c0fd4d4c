"""What the tests stand on: a PostgreSQL of their own, a browser, no way to the outside."""

ENGINES = ("sqlite", "postgresql")
