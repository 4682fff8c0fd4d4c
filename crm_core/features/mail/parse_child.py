"""The process that takes a mail apart: `python -m crm_core.features.mail.parse_child`, the mail on its input, JSON on its output.

Whoever can write to us can send anything: ten thousand nested parts, a picture of a gigabyte in an encoding, heads without end. So it is
looked through for its depth before it is read, in a process with limits of its own, and of its HTML nothing stays that could run or
fetch (only what is listed here).
"""

import base64
import html
import json
import re
import resource
import sys
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

LIMITS = ((resource.RLIMIT_AS, 1_024 * 2**20), (resource.RLIMIT_CPU, 20), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64))
DEPTH, PARTS = 40, 500  # more multiparts inside each other, or parts, has no mail that people send
TEXT = 200_000  # characters of a text that are kept
FILES = 100
FILE = 30 * 2**20
_NESTING = re.compile(rb"boundary\s*=", re.IGNORECASE)
_INNER = re.compile(rb"content-type:\s*message/rfc822", re.IGNORECASE)
TAGS = {"a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre",
        "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"}
_BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/li|/tr|/h[1-6]|/blockquote|hr)\b[^>]*>")
_ID = re.compile(r"<[^<>\s]{1,250}>")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])[0-7]\d[ -]")
_AWAY = re.compile(r"(?i)^\s*(?:auto(?:matic|mated)?[- ]?(?:reply|response|antwort)|out of (?:the )?office|abwesen|vacation|自动回复|自動回覆|自动答复|外出)")


def main() -> None:
    for what, most in LIMITS:
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    sys.stdout.write(json.dumps(taken_apart(sys.stdin.buffer.read())))
    sys.stdout.flush()


def taken_apart(raw: bytes) -> dict[str, Any]:
    """What a mail says: its head, text, safe HTML, files; whether it is a bounce or an automatic answer."""
    if len(_NESTING.findall(raw)) > DEPTH or len(_INNER.findall(raw)) > DEPTH or raw.count(b"\n--") > 20 * PARTS:
        return {**head_of(HeaderParser(policy=policy.compat32).parsestr(raw[:65_536].partition(b"\n\n")[0].decode("latin-1"))), "odd": True}
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    found = head_of(message)
    texts: list[str] = []
    pages: list[str] = []
    files: list[dict[str, Any]] = []
    report: list[Message] = []
    _walk(message, texts, pages, files, report, 0)
    text = "\n".join(texts).strip()
    page = safe("\n".join(pages)[:TEXT * 4]) if pages else ""  # cut before it is made safe: a cut may end inside a tag
    if not text and pages:
        text = plain(page)
    found.update(text=clean(text)[:TEXT], html=page if len(page) <= TEXT * 4 else "", files=files, bounce=bounce_of(message, report, text or plain(page)))
    return found


def head_of(message: Message) -> dict[str, Any]:
    """The head: decoded, on one line each, with no control characters."""
    date: float | None = None
    try:
        date = parsedate_to_datetime(str(message.get("Date", ""))).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        date = None
    ids = _ids(message.get("Message-ID", ""))
    references = _ids(f"{message.get('References', '')} {message.get('In-Reply-To', '')}")[-40:]
    own = {name: str(message.get(name, "")).strip().casefold() for name in ("Auto-Submitted", "Precedence", "X-Autoreply", "X-Autorespond")}
    subject = words(message.get("Subject"))
    automatic = (own["Auto-Submitted"].startswith("auto-replied") or own["Precedence"] == "auto_reply" or bool(own["X-Autoreply"] or own["X-Autorespond"])
                 or bool(_AWAY.match(subject)))
    return {
        "subject": subject, "from": addresses(message, "From")[:1], "to": addresses(message, "To"), "cc": addresses(message, "Cc"), "date": date,
        "message_id": ids[0] if ids else "", "references": list(dict.fromkeys(references)), "automatic": automatic, "text": "", "html": "", "files": [], "bounce": [], "odd": False,
    }


def words(value: Any) -> str:
    """A head as people read it."""
    raw = str(value or "")
    try:
        found = str(make_header(decode_header(raw)))
    except (ValueError, LookupError, UnicodeError, AssertionError):
        found = raw
    return " ".join(clean(found).split())[:998]


def clean(text: str) -> str:
    """Without what cannot be kept: lone surrogates, control characters."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or c.isprintable() or c in "\u200b\u200c\u200d\u3000\xa0")


def addresses(message: Message, name: str) -> list[list[str]]:
    """(name, address) of a head."""
    try:
        pairs = getaddresses([str(one) for one in message.get_all(name, [])][:5])
    except (ValueError, TypeError, IndexError):
        pairs = []
    return [[words(shown)[:120], " ".join(clean(address).split())[:254]] for shown, address in pairs if "@" in address][:100]


def _ids(value: Any) -> list[str]:
    return _ID.findall(clean(str(value)))


def _walk(part: Message, texts: list[str], pages: list[str], files: list[dict[str, Any]], report: list[Message], depth: int) -> None:
    if depth > DEPTH or len(texts) + len(pages) + len(files) > PARTS:
        return
    kind = part.get_content_type()
    if kind == "message/delivery-status" or kind == "message/feedback-report":
        report.extend(_inside(part))
        return
    if kind == "text/rfc822-headers" or (kind == "message/rfc822" and report):
        report.extend(_inside(part)[:1] or [HeaderParser(policy=policy.compat32).parsestr(str(part.get_payload()))])
        return
    if kind == "message/rfc822":
        _file(part, part.as_bytes().partition(b"\n\n")[2], "message.eml", files)
        return
    if part.is_multipart():
        for one in _inside(part):
            _walk(one, texts, pages, files, report, depth + 1)
        return
    named = part.get_filename()
    attached = str(part.get("Content-Disposition", "")).strip().casefold().startswith("attachment")
    if kind in ("text/plain", "text/html") and not (named and attached):
        (texts if kind == "text/plain" else pages).append(decoded(part))
        return
    body = part.get_payload(decode=True)
    _file(part, body if isinstance(body, bytes) else b"", words(named) or ("invite.ics" if kind == "text/calendar" else f"{part.get_content_maintype()}.bin"), files)


def _inside(part: Message) -> list[Message]:
    """The parts of a part."""
    found = part.get_payload()
    return [one for one in found if isinstance(one, Message)] if isinstance(found, list) else []


def _file(part: Message, body: bytes, name: str, files: list[dict[str, Any]]) -> None:
    if body and len(body) <= FILE and len(files) < FILES:
        files.append({"name": (words(part.get_filename()) or name)[:150], "data": base64.b64encode(body).decode("ascii")})


def decoded(part: Message) -> str:
    """A text in whatever characters it is in; what it says of them may be wrong."""
    body = part.get_payload(decode=True)
    data = body if isinstance(body, bytes) else b""
    said = str(part.get_content_charset() or "").strip() or "utf-8"
    for charset in (said, {"gb2312": "gb18030", "gbk": "gb18030"}.get(said.casefold(), "utf-8"), "gb18030"):
        try:
            return data.decode(charset)[: TEXT * 4]
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")[: TEXT * 4]


def safe(page: str) -> str:
    """HTML of a stranger as it may stand in a page of ours: no script, no style, no picture, no form, nothing that is fetched, and no
    link to a page of ours that does not say so."""
    import nh3

    return nh3.clean(
        page, tags=TAGS, attributes={"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}, url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow", strip_comments=True, clean_content_tags={"script", "style", "title", "head", "svg", "math", "noscript", "template"},
        set_tag_attribute_values={"a": {"target": "_blank"}}, attribute_filter=_whole)


def _whole(_tag: str, name: str, value: str) -> str | None:
    """Addresses are whole ones: `/core/user/7` in a stranger's mail would mean ours."""
    return value if name != "href" or value.strip().casefold().startswith(("http://", "https://", "mailto:")) else None


def plain(page: str) -> str:
    """The words of safe HTML."""
    import nh3

    text = html.unescape(nh3.clean(_BREAKS.sub("\n", page), tags=set()))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in text.splitlines())).strip()


def bounce_of(message: Message, report: list[Message], text: str) -> list[dict[str, str]]:
    """For whom a mail of ours was not delivered: address, status (5.1.1), what the server said, and which mail. Nothing for any other mail."""
    original = next((ids[0] for one in report if (ids := _ids(one.get("Message-ID", "")))), "")
    found = []
    for one in report:
        if str(one.get("Action", "")).strip().casefold() not in ("failed", "expired"):
            continue
        who = _ADDRESS.search(str(one.get("Original-Recipient", ""))) or _ADDRESS.search(str(one.get("Final-Recipient", "")))
        said = words(one.get("Diagnostic-Code")).partition(";")[2].strip() or words(one.get("Diagnostic-Code"))
        status = _CODE.search(str(one.get("Status", ""))) or _CODE.search(said)
        if who is not None:
            found.append({"address": who[0], "status": status[0] if status else "", "said": said[:250], "message_id": original})
    if found or report:
        return found
    return _told(message, text)


def _told(message: Message, text: str) -> list[dict[str, str]]:
    """Servers that say it in words only: from the postmaster or the mailer, with a code for good beside an address."""
    sender = str(message.get("From", "")).casefold()
    empty = str(message.get("Return-Path", "x")).strip() in ("<>", "")
    if not (empty or re.search(r"mailer-daemon|postmaster|mail delivery (?:sub)?system", sender)):
        return []
    failed = words(message.get("X-Failed-Recipients"))
    first = re.split(r"(?im)^-{2,}.*(?:copy|original|below this line|message follows).*$|^(?:received|return-path):", text)[0]
    code = _CODE.search(first) if _CODE.search(first) else None
    reply = _REPLY.search(first)
    if code is None and reply is None:
        return []
    if (code[1] if code else reply[1] if reply else "") != "5":
        return []
    who = _ADDRESS.search(failed) or _ADDRESS.search(first)
    if who is None:
        return []
    line = next((one.strip() for one in first.splitlines() if _CODE.search(one) or _REPLY.search(one)), "")
    quoted = re.search(r"(?im)^message-id:\s*(<[^<>\s]{1,250}>)", text)
    return [{"address": who[0], "status": code[0] if code else "5.0.0", "said": clean(line)[:250], "message_id": quoted[1] if quoted else ""}]


if __name__ == "__main__":
    main()
