"""Choosing a channel where something is to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_core.features.channels import services
from crm_core.resource.listed import ListField


@dataclass(frozen=True, kw_only=True)
class ChannelField(ListField):
    """A channel that is switched on, by its id as text. `phones`: those that reach a phone number."""

    kind: str = "channel"
    phones: bool = False

    def words(self) -> Mapping[str, Any]:
        return {str(one.id): one.name for one in services.usable(phones=self.phones)}
