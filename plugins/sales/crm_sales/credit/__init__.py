"""Credit 信用: how much a customer may owe."""
