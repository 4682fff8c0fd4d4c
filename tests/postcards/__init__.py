"""A tiny second package with a table of its own: proves version tables, prefixes and translations by package."""
