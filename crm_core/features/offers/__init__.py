"""What the house recommends to customers, and whom it fits."""
