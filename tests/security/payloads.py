"""What attackers put where a server expects a word: SQL of both engines, markup, templates, paths, odd text."""

from __future__ import annotations

from itertools import product

_QUOTES = ("'", '"', "`", "')", "'))", '")', "';", "\\'", "%27", "’", "$$")
_TAILS = (
    " OR 1=1--", " OR 'a'='a", " AND 1=0--", " UNION SELECT password_hash FROM core_user--", " UNION SELECT NULL,NULL--",
    "; DROP TABLE core_customer;--", "; SELECT pg_sleep(5)--", " AND randomblob(900000000)--", "||(SELECT login FROM core_user)||",
    " ORDER BY 99--", " LIMIT 0 OFFSET 1--", "/**/OR/**/1=1", " COLLATE NOCASE", " GLOB '*'", " IN (SELECT 1)", "::int", " RETURNING *",
)
_BARE = (
    "1 OR 1=1", "1; SELECT 1", "-1 UNION SELECT 1", "0x31", "1e309", "1e-400", "NaN", "Infinity", "-0", "00", "1.5", "1,2,3", ",", ",,,",
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "2147483648", "９", "٣", "²", "½", "1_000", "0b1", "null", "None",
    "true", "undefined", "[]", "{}", "[object Object]", "*", "%", "_", "%%", "\\%", "?", ":q", ":1", "%s", "%(q)s", "{0}", "{x.__class__}", "$1",
    "${7*7}", "{{7*7}}", "{% raw %}", "#{7*7}", "<%= 7*7 %>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "/*scope:core_customer*/ true", "*/ true /*", "--", "/*", "*/", "#", ";", "\\", "\\\\", "/", "../../etc/passwd", "|id", "`id`", "$(id)",
    "\0", "a\0b", "\r\nX: y", "\t", "\x1b[31m", "\x7f", "\u202e", "\ufeff", "\u200b", "\u2028", "e\u0301", "e" + "\u0301" * 50, "ﬀ", "İ", "ß",
    "张'三", "𠮷", "👩‍👩‍👧", "㍿", "（）", "＇ OR １＝１", "x" * 5_000, "'" * 300, "(" * 300, '"' * 300, "AND", "OR", "NOT", "NEAR(a b)", "a*", "^a", "a:b",
    "tokens:a", "o_1", "d_1", "_bei", "~tan", "resource:core", "rank", "core_search_fts", "a & b", "a | b", "!a", "a <-> b", "'a':*", "a:A", "name_key",
    "core_customer.id", "id)", "(id", "id DESC", "id,name", "-id--", "--id", "-", "+id", " id", "id ", "ID", "i\u0434", "password_hash", "__class__",
    "2026-02-30", "0000-01-01", "9999-12-31", "10000-01-01", "2026-13-01", "2026-11-23T25:00", "2026-11-23T10:00+99:99", "next week", "today,today",
)  # fmt: skip
PAYLOADS: tuple[str, ...] = tuple(dict.fromkeys([*(q + t for q, t in product(_QUOTES, _TAILS)), *_BARE, *("1" + t for t in _TAILS), *("name" + t for t in _TAILS)]))
