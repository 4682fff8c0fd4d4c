def company_key(n): return n
