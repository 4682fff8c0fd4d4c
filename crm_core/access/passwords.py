"""Passwords: argon2id, a few at a time; which ones are refused (S16)."""

import itertools
import re
import threading
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.text.clean import fold

SHORTEST, LONGEST = 12, 200
AT_ONCE = 4  # each takes 19 MiB
# OWASP's figures for argon2id; a stored hash with others is made anew when its owner signs in.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """The argon2id hash to store. Slow by purpose: never inside `writing()`."""
    with _slots:
        return hasher.hash(password)


def verify(stored: str | None, given: str) -> bool:
    """Whether a password fits. Without a stored hash (unknown user) the same work is done for nothing."""
    with _slots:
        try:
            return hasher.verify(stored or _nobody(), given[:LONGEST]) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether a hash was made with other costs than today's."""
    return hasher.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return hasher.hash("a password that nobody has")


def check_strength(password: str, about: Iterable[str | None] = (), field: str = "password") -> None:
    """Refuse short, common and guessable passwords; `about`: names, logins, company. Raises Invalid for `field`."""
    fault = weakness(password, about)
    if fault:
        raise Invalid({field: [fault]})


def weakness(password: str, about: Iterable[str | None] = ()) -> object:
    """The sentence why a password is refused, or ""."""
    if len(password) < SHORTEST:
        return _("At least %(n)s characters; a short sentence is good.", n=SHORTEST)
    if len(password) > LONGEST:
        return _("At most %(n)s characters, these are %(m)s.", n=LONGEST, m=len(password))
    if len(set(fold(password))) < 5:
        return _("This has too few different characters.")
    if _walk(fold(password)):
        return _("This is a row of keys or numbers.")
    if password.isdecimal():
        return _("Digits alone are too easy to guess.")
    words = sorted({_letters(part) for one in about for part in _parts(one)} | _COMPANY | _COMMON, key=len, reverse=True)
    for plain in (_letters(password), _undress(password)):
        rest = _without(plain, words)
        if len(rest) < 4 and len(rest) < len(plain):
            return _("This is a common password, or made of your name or the company's.")
    return ""


def _parts(text: str | None) -> Iterable[str]:
    if text:
        yield text
        yield from (part for part in re.split(r"[\s@._-]+", text) if len(part) > 2)


def _letters(text: str) -> str:
    return "".join(mark for mark in fold(text) if mark.isalpha())


def _undress(text: str) -> str:
    """Letters alone, with the usual disguises taken off: "P@ssw0rd!23" is "password"."""
    return _letters(re.sub(r"^[\W\d_]+|[\W\d_]+$", "", fold(text)).translate(_DISGUISE))


def _without(text: str, words: Iterable[str]) -> str:
    for word in words:
        if len(word) > 1:
            text = text.replace(word, "")
    return text


def _walk(text: str) -> bool:
    """Whether the text is, but for three marks, rows of neighbours: 123456789012, qwertyuiop12, abcabcabcabc."""
    if len(text) >= 12 and text in (text + text)[1:-1]:  # one piece repeated
        return True
    joined = sum(1 for a, b in itertools.pairwise(text) if _neighbours(a, b))
    return joined >= len(text) - 3


def _neighbours(a: str, b: str) -> bool:
    if a == b or (a.isdigit() and b.isdigit() and (int(b) - int(a)) % 10 in (1, 9)):
        return True
    if a.isascii() and a.isalpha() and b.isascii() and b.isalpha() and abs(ord(a) - ord(b)) == 1:
        return True
    return any(abs(row.find(a) - row.find(b)) == 1 for row in _ROWS if a in row and b in row)


_DISGUISE = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm")
_COMPANY = frozenset({"tangram", "tangramcrm", "crm", "qiqiaoban", "七巧板"})
_COMMON = frozenset(
    ["password", "passwort", "passwd", "pass", "pwd", "secret", "letmein", "welcome", "login", "admin", "administrator", "root", "user", "test", "guest", "demo", "default", "changeme", "temp", "temporary", "master", "manager", "boss", "office", "company", "work", "sales", "customer", "service", "system", "server", "computer", "internet", "windows", "office", "google", "apple", "android", "samsung", "huawei", "xiaomi", "tencent", "alibaba", "taobao", "weixin", "wechat", "qwerty", "qwertz", "azerty", "asdf", "asdfgh", "zxcv", "zxcvbn", "qazwsx", "qweasd", "iloveyou", "love", "loveyou", "baby", "princess", "dragon", "monkey", "sunshine", "shadow", "football", "baseball", "basketball", "superman", "batman", "pokemon", "hello", "hallo", "nihao", "woaini", "woaiwojia", "aini", "mima", "wodemima", "guanliyuan", "yonghu", "denglu", "huanying", "gongsi", "kehu", "beijing", "shanghai", "guangzhou", "shenzhen", "chengdu", "china", "zhongguo", "abc", "abcd", "abcdef", "abcabc", "aaa", "qqq", "zzz", "spring", "summer", "autumn", "winter", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december", "monday", "friday", "today", "forever", "money", "lucky", "happy", "freedom", "whatever", "trustno", "michael", "jennifer", "thomas", "daniel", "jordan", "hunter", "killer", "george", "andrew", "charlie", "michelle", "jessica"]
)
