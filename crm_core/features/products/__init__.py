"""Products 产品: what the house sells, in one place for every module that sells, prices, advertises or services it."""
