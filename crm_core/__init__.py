"""Tangram CRM (七巧板): the core that companies assemble their CRM on."""

__version__ = "0.1.0"
