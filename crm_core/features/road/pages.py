"""The phone's own pages: an empty shell that works without connection, its worker, and what a signed-in person takes along.

Nothing personal stands in the shell or the worker, so what a browser keeps of them is nobody's. Visits and changes are sent to the
addresses the other pages use.
"""

import hashlib
import json
from typing import Any

import flask

from crm_core.features.road import taken
from crm_core.features.road.rules import BATCH, RoadSettings
from crm_core.kernel.i18n import _, html_lang
from crm_core.kernel.site import actor, site
from crm_core.text.numbers import whole
from crm_core.web import assets, csrf
from crm_core.web.access import public, signed_in
from crm_core.web.requests import me

pages = flask.Blueprint("road", __name__)
URL = "/road/"
SHELL = ("app.css", "road.js", "sprite.svg", "favicon.svg", "inter-latin.woff2", "icon-192.png")


@pages.get(URL)
@signed_in
def home() -> str:
    """The shell: the same for everybody who reads its language."""
    theme = me().preferences.get("theme")
    return flask.render_template("road.html", lang=html_lang(), theme=theme if theme in ("light", "dark") else "")


@pages.get(f"{URL}worker.js")
@public("a script without anything of anybody, which a browser asks for by itself")
def worker() -> flask.Response:
    kept = [URL, *(assets.asset(name) for name in SHELL)]
    mark = hashlib.sha256(" ".join(kept).encode()).hexdigest()[:12]
    built = assets.FOLDER / assets.manifest().get("worker.js", "worker.js")
    text = f"const KEPT = {json.dumps(kept)}, MARK = {json.dumps(mark)};\n{built.read_text('utf-8') if built.is_file() else ''}"
    return flask.Response(text, mimetype="text/javascript")


@pages.get(f"{URL}manifest.webmanifest")
@public("what the program is called and looks like, for browsers that install it")
def manifest() -> flask.Response:
    name = str(_("Tangram CRM"))
    icons = [{"src": assets.asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"} for size in (192, 512)]
    icons.append({**icons[1], "src": assets.asset("icon-mask.png"), "purpose": "maskable"})
    said = {"id": URL, "name": name, "short_name": name[:12], "lang": html_lang(), "start_url": URL, "scope": "/", "display": "standalone",
            "background_color": "#f5f6f8", "theme_color": "#3358d4", "icons": icons}
    return flask.Response(json.dumps(said, ensure_ascii=False), mimetype="application/manifest+json")


@pages.get(f"{URL}state.json")
@signed_in
def state() -> dict[str, Any]:
    """Who is signed in, with what his forms ask."""
    rules, who = RoadSettings.now(), actor()
    return {"user": who.user_id, "name": who.name, "token": csrf.token(), "offline": rules.offline, "days": rules.days, "most": rules.most, **taken.forms()}


@pages.get(f"{URL}find.json")
@signed_in
def find() -> dict[str, Any]:
    """Customers by words: what to take along, and their names."""
    ids = taken.find(flask.request.args.get("q", ""), 20)
    names = site().registry.resource(taken.CUSTOMER).labels(ids)
    return {"hits": [{"id": one, "name": names[one]} for one in ids if one in names]}


@pages.get(f"{URL}customers.json")
@signed_in
def customers() -> dict[str, Any]:
    """What is taken along of the customers named; those that are not in the answer are no longer his to read."""
    wanted = [one for text in flask.request.args.get("ids", "").split(",") if (one := whole(text)) is not None][:BATCH]
    return {"customers": taken.customers(wanted) if site().registry.resource(taken.CUSTOMER).may("read") else []}
