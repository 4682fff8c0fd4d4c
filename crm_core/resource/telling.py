"""What somebody is told besides when he saved something: what followed of it that he did not write himself. Said while it is written
(`tell`), taken by the door it was written through, which shows it when all went well (`told`)."""

from typing import Any

from crm_core.data.session import current_work


def tell(sentence: Any) -> None:
    """Say this to who saves; the same sentence is said once."""
    said = current_work().info.setdefault("told", [])
    if str(sentence) not in said:
        said.append(str(sentence))


def told() -> str:
    """What was said since the last time, in one line; "" for nothing."""
    return " ".join(current_work().info.pop("told", ()))
