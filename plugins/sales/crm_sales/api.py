"""What other plugins may import of sales."""
