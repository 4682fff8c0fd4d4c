"""Products, their prices and the lines of documents."""
