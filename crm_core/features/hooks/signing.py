"""Signatures of messages between systems, as the Standard Webhooks specification has them: id, moment and body under HMAC-SHA256.

Secrets are derived from the key of the site: nothing in the database is enough to sign.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from crm_core.kernel import clock
from crm_core.kernel.site import site

WINDOW = 300  # seconds a message may be old, or ahead of our clock
MARK = "whsec_"


def secret(purpose: str, public_id: str, turn: int) -> str:
    """The secret of a webhook, as both sides keep it. `turn`: how many it has had."""
    return MARK + base64.b64encode(site().keys.derive(f"{purpose}:{public_id}:{turn}")).decode()


def headers(secrets: Sequence[str], message: str, body: bytes) -> dict[str, str]:
    """What says of a message whose it is; with several secrets, while one takes the place of another, a signature of each."""
    moment = str(int(clock.now().timestamp()))
    return {"webhook-id": message, "webhook-timestamp": moment, "webhook-signature": " ".join(sign(one, message, moment, body) for one in secrets)}


def sign(key: str, message: str, moment: str, body: bytes) -> str:
    mac = hmac.digest(base64.b64decode(key.removeprefix(MARK)), f"{message}.{moment}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac).decode()


def verified(key: str, given: Mapping[str, str], body: bytes) -> str | None:
    """The id of a message that is signed with this secret and of now; None for any other."""
    message, moment = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not (0 < len(message) <= 200 and message.isascii() and message.isprintable() and moment.isascii() and moment.isdigit() and len(moment) < 12):
        return None
    wanted = sign(key, message, moment, body).encode()
    signed = any(hmac.compare_digest(wanted, one.encode()) for one in given.get("webhook-signature", "")[:2_000].split(" "))
    age = abs((clock.now() - dt.datetime.fromtimestamp(int(moment), dt.UTC)).total_seconds())
    return message if signed and age <= WINDOW else None
