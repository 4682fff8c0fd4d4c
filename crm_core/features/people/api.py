"""What the features above may use of people."""

from crm_core.features.people.events import PasswordResetAsked
from crm_core.features.people.services.accounts import (
    RESET_LIFE,
    add,
    by_id,
    department_id,
    link,
    role_ids,
    set_password,
)
from crm_core.features.people.services.own import also as beside_account

__all__ = ["RESET_LIFE", "PasswordResetAsked", "add", "beside_account", "by_id", "department_id", "link", "role_ids", "set_password"]
