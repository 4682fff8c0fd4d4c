"""What other features and plugins may use of rules."""

from crm_core.features.rules.alarmpages import URL as ALARMS
from crm_core.features.rules.engine import start
from crm_core.features.rules.kinds import PicksField
from crm_core.features.rules.running import Step
from crm_core.features.rules.services import save
from crm_core.features.rules.triggers import Ask, Due

__all__ = ["ALARMS", "Ask", "Due", "PicksField", "Step", "save", "start"]
