from decimal import Decimal
def parse_decimal(t, l): return Decimal(t)
def parse_money(t, l): return int(Decimal(t)*100)
