"""Orders 订单: what a customer has ordered, and what went out to him."""
