"""What each service wants to be told, after its own documentation: group robots of WeCom, DingTalk and Feishu, any SMS service that takes
JSON, and webhooks signed as the Standard Webhooks specification has it."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from crm_core.features.channels.services import Busy, NotTaken
from crm_core.kernel import clock
from crm_core.kernel.declare import Channel, ChannelAccount
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.outbound import Answer, call
from crm_core.kernel.outbox import delivery_id

ALL = "all"
USUAL = '{"to": "{to}", "text": "{text}"}'
_WECOM = 2_048  # bytes of a text
BUSY = {45009, 45033, 130101, 302033, 90030, 9499, 11232}  # "too many" of WeCom, of DingTalk, of Feishu
TOO_MANY = ("too fast", "too many", "over limit", "freq")  # as they say it where the number is another one
WAIT, LONGEST_WAIT = 60.0, 3_600.0  # seconds until it is asked again
MARK = "whsec_"
_AT = re.compile(r"<(?=\s*at\b)", re.IGNORECASE)  # the mark by which Feishu names people
TEMPLATED = ("core.sms", "core.webhook")  # services whose JSON is written by the administrator


def wecom(account: ChannelAccount, to: str, text: str) -> None:
    """A robot of a WeCom group: its key stands in the address."""
    named = ["@all" if one == ALL else one for one in members(to)]
    _ask(account.url, {"msgtype": "text", "text": {"content": _cut(text, _WECOM), "mentioned_mobile_list": named}}, "errcode", "errmsg")


def dingtalk(account: ChannelAccount, to: str, text: str) -> None:
    """A robot of a DingTalk group, signed where it has a secret."""
    url = account.url
    if account.secret:
        moment = str(int(clock.now().timestamp() * 1_000))
        mac = hmac.digest(account.secret.encode(), f"{moment}\n{account.secret}".encode(), hashlib.sha256)
        url += f"{'&' if '?' in url else '?'}timestamp={moment}&sign={quote_plus(base64.b64encode(mac))}"
    named = [one for one in members(to) if one != ALL]
    _ask(url, {"msgtype": "text", "text": {"content": text}, "at": {"atMobiles": named, "isAtAll": ALL in members(to)}}, "errcode", "errmsg")


def feishu(account: ChannelAccount, to: str, text: str) -> None:
    """A robot of a Feishu group, signed where it has a secret. It names nobody but all, and all only where `to` says so: what
    people wrote may hold the mark."""
    text = _AT.sub("<\u200b", text)
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": f'<at user_id="all"></at> {text}' if ALL in members(to) else text}}
    if account.secret:
        moment = str(int(clock.now().timestamp()))
        mac = hmac.digest(f"{moment}\n{account.secret}".encode(), b"", hashlib.sha256)
        body = {"timestamp": moment, "sign": base64.b64encode(mac).decode(), **body}
    _ask(account.url, body, "code", "msg")


def sms(account: ChannelAccount, to: str, text: str) -> None:
    """An SMS service that takes a POST of JSON; any answer 2xx is a yes."""
    headers = {"authorization": f"Bearer {account.secret}"} if account.secret else {}
    if delivery_id() is not None:
        headers["idempotency-key"] = f"crm-{delivery_id()}"
    _post(account.url, _json(filled(account.body or USUAL, to, text)), headers)


def webhook(account: ChannelAccount, to: str, text: str) -> None:
    """Any other program: JSON, signed over id, moment and body where there is a secret; any answer 2xx is a yes."""
    body = _json(filled(account.body or USUAL, to, text))
    message, moment = f"crm-{delivery_id() or secrets.token_hex(8)}", str(int(clock.now().timestamp()))
    headers = {"webhook-id": message, "webhook-timestamp": moment}
    if account.secret:
        mac = hmac.digest(_key(account.secret), f"{message}.{moment}.".encode() + body, hashlib.sha256)
        headers["webhook-signature"] = "v1," + base64.b64encode(mac).decode()
    _post(account.url, body, headers)


def _key(secret: str) -> bytes:
    """A secret of the specification stands in base64 after its mark; any other text is taken as it is."""
    if secret.startswith(MARK):
        try:
            return base64.b64decode(secret.removeprefix(MARK), validate=True)
        except ValueError:
            pass
    return secret.encode()


def members(to: str) -> list[str]:
    """Who is named in a group."""
    return [one.strip() for one in to.split(",") if one.strip()]


def filled(body: str, to: str, text: str) -> Any:
    """The JSON of an SMS service with receiver and text in the places of {to} and {text}. Raises Invalid for what is no JSON."""
    try:
        found = json.loads(body)
    except ValueError:
        raise Invalid({"body": [_("This is no JSON.")]}) from None
    if not isinstance(found, dict) or "{text}" not in body or "{to}" not in body:
        raise Invalid({"body": [_("A JSON object with {to} and {text} is expected.")]})
    return _fill(found, {"{to}": to, "{text}": text})


def _fill(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _fill(one, words) for name, one in value.items()}
    if isinstance(value, list):
        return [_fill(one, words) for one in value]
    if isinstance(value, str):
        return "".join(words.get(part, part) for part in _parts(value))
    return value


def _parts(text: str) -> list[str]:
    """A text cut at its places, so that what is filled in is not filled again."""
    found, rest = [], text
    while rest:
        at, mark = min(((rest.find(mark), mark) for mark in ("{to}", "{text}") if mark in rest), default=(len(rest), ""))
        found += [rest[:at], mark]
        rest = rest[at + len(mark):]
    return found


def _cut(text: str, most: int) -> str:
    """A text of at most so many bytes, no letter halved."""
    return text.encode()[:most].decode("utf-8", "ignore")


def _ask(url: str, body: Mapping[str, Any], code: str, words: str) -> None:
    """Post and look into the answer: these services say no with 200. Raises NotTaken."""
    answer = _post(url, _json(body), {})
    try:
        said = json.loads(answer.body)
        number = said.get(code)
    except (ValueError, AttributeError):
        raise NotTaken(_("The service answered something else than expected.")) from None
    if number == 0:
        return
    text = str(said.get(words, ""))[:200]
    if number in BUSY or any(word in text.lower() for word in TOO_MANY):
        raise Busy(_("The service takes no more messages for now, it is tried again later: %(code)s %(words)s", code=number, words=text), WAIT)
    raise NotTaken(_("The service answered: %(code)s %(words)s", code=number, words=text), for_good=True)


def _json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    answer = call("POST", url, body=body, headers={"content-type": "application/json; charset=utf-8", **headers})
    if answer.status in (302, 429):  # DingTalk leads somewhere else while it is angry
        after = answer.headers.get("retry-after", "")
        seconds = min(float(after), LONGEST_WAIT) if after.isascii() and after.isdigit() else WAIT
        raise Busy(_("The service takes no more messages for now, it is tried again later: %(code)s %(words)s", code=answer.status, words=""), seconds)
    if not answer.ok:
        raise NotTaken(_("It answered %(status)s.", status=answer.status), for_good=400 <= answer.status < 500 and answer.status not in (408, 425))
    return answer


CHANNELS = [
    Channel("wecom", _("WeCom group robot"), wecom, order=10),
    Channel("dingtalk", _("DingTalk group robot"), dingtalk, order=20),
    Channel("feishu", _("Feishu group robot"), feishu, order=30),
    Channel("sms", _("SMS service"), sms, needs_receiver=True, order=40),
    Channel("webhook", _("Webhook"), webhook, order=50),
]
