"""Claims and public pools: who holds which customer, and who may take it next."""
