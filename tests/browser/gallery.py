"""Every template with sample models, as a small web application: what the browser tests open, and a place to look at
while drawing: ``python -m tests.browser.gallery 20080`` and open /?lang=zh_Hans_CN&theme=dark."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

import crm_core.web
from crm_core.kernel.i18n import html_lang, in_language
from crm_core.web.show import dress
from tests.browser import answers, samples, samples_forms, samples_lists, samples_pages, samples_record

SAMPLES = (samples_forms, samples_lists, samples_pages, samples_record)
WEB = Path(crm_core.web.__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def make_app() -> Flask:
    """The gallery. ``/<name>`` draws a sample; language, theme and other wishes are in the query or in cookies."""
    app = Flask("gallery", template_folder=str(WEB / "templates"), static_folder=str(WEB / "static"))
    dress(app.jinja_env)
    app.jinja_env.globals["csrf_token"] = lambda: "t0ken"
    posts: list[tuple[str, dict[str, list[str]]]] = []
    app.extensions["posts"] = posts

    def wish(name: str, default: str) -> str:
        return request.args.get(name) or request.cookies.get(name) or default

    def draw(name: str, status: int = 200) -> Response:
        with in_language(wish("lang", "zh_Hans_CN")):
            template, page, inside = samples.make(name)
            frame = samples.frame(html_lang(), wish("theme", "light"), name)
            shown: Any = frame if inside else samples.shell(html_lang(), wish("theme", "light"))
            text = render_template(template, page=page, frame=frame if inside else None, shell=shown)
        return Response(text, status)

    @app.get("/")
    def index() -> AnyResponse:
        return redirect("/home")

    @app.get("/<name>")
    def sample(name: str) -> AnyResponse:
        if name not in samples.PAGES:
            return draw("not_found", 404)
        return draw(name)

    @app.get("/json/<name>")
    def answer(name: str) -> AnyResponse:
        make: Callable[[str], Any] | None = getattr(answers, name, None)
        if make is None:
            return Response(status=404)
        with in_language(wish("lang", "zh_Hans_CN")):
            body = make(request.args.get("q", ""))
        return jsonify(body) if body is not None else (Response('{"error": "?"}', 422, mimetype="application/json"))

    @app.post("/<path:where>")
    def take(where: str) -> AnyResponse:
        posts.append((where, {key: request.form.getlist(key) for key in request.form}))
        if where == "preferences":
            answer: AnyResponse = Response(status=204)
            for key, cookie in (("theme", "theme"), ("language", "lang")):
                if key in request.form:
                    if "json" not in request.headers.get("Accept", ""):
                        answer = redirect(request.form.get("back") or "/home", 303)
                    answer.set_cookie(cookie, request.form[key])
            return answer
        if where.startswith("json/"):
            return jsonify(getattr(answers, where.removeprefix("json/"))(""))
        return redirect(f"/{request.args.get('then', 'customers')}", 303)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app


if __name__ == "__main__":
    make_app().run("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 20080, debug=False)
