"""What other features may import."""

from crm_core.features.dealings.models import Care, CustomerValue, Stage, ValueClass

__all__ = ["Care", "CustomerValue", "Stage", "ValueClass"]
