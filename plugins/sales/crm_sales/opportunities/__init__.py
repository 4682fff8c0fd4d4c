"""Opportunities 商机: what might become a deal, in pipelines with stages."""
