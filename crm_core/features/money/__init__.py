"""Money 货币: the currencies a house uses, and what they were worth on which day."""
