"""Invoices 发票 and payments received 回款: who owes what."""
