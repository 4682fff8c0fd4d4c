"""The demo company of sales, an area a file."""
