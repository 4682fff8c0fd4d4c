"""Policies 政策: limits of discounts, allowances, expenses and commission, and where and through whom may be sold. The lowest area: whatever
is written later asks here, and nothing is done that a policy forbids."""
