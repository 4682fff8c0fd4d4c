"""The web application of one site: every request is a piece of work with an actor, every route says who may enter."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask
import flask_login
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from crm_core.kernel.config import LOOPBACK
from crm_core.kernel.site import Site
from crm_core.web import atlas, csrf, errors, frame, guards, live, notes, plain, session, writing
from crm_core.web.access import body_limit_of, by_token, check_declared, enter
from crm_core.web.headers import Headers
from crm_core.web.menu import slots
from crm_core.web.requests import address, maybe_me
from crm_core.web.show import PackageTemplates, dress
from crm_core.web.watchdog import Busy

FOLDER = Path(__file__).parent


class DangerousSetting(ValueError):
    """The configuration would lay the house open; it does not start (S20)."""


class NoFlaskSession(flask.sessions.SessionInterface):
    """Flask's signed cookie is switched off: what a session keeps lies in its row, where it can be ended (T31)."""

    def open_session(self, app: flask.Flask, request: flask.Request) -> Any:
        return flask.sessions.NullSession()

    def is_null_session(self, obj: object) -> bool:
        return True


class SignIns(flask_login.LoginManager):  # type: ignore[misc]
    """Flask-Login on our own sessions; its cookies and its remember-me are not used (T32)."""

    def _load_user(self) -> None:
        self._update_request_context_with_user(maybe_me())


class Application(flask.Flask):
    """Flask, with a piece of work around each request."""

    request_class = guards.Request
    json_provider_class = guards.Json
    jinja_environment = writing.Environment
    jinja_options = {"undefined": StrictUndefined, "autoescape": True}

    def __init__(self, site: Site) -> None:
        super().__init__("crm_core.web", root_path=str(FOLDER), template_folder="templates", static_folder=None)
        self.site = site
        self.busy = Busy()
        self.live = live.Hub(site, slots.news() if slots.news is not None else lambda _conn, _here: {})
        self.extensions["crm_site"] = site
        self.session_interface = NoFlaskSession()
        self.url_map.converters["int"] = guards.IdConverter
        self.config.update(
            MAX_CONTENT_LENGTH=guards.BODY, MAX_FORM_MEMORY_SIZE=guards.BODY, MAX_FORM_PARTS=guards.FIELDS,
            PROPAGATE_EXCEPTIONS=False, DEBUG=site.config.debug,  # FLASK_DEBUG decides nothing
        )
        self.before_request(self._enter)
        self.after_request(csrf.give_pre_session)
        self.after_request(notes.keep)
        self.after_request(atlas.allow)
        self.context_processor(frame.context)
        errors.register(self)
        SignIns(self, add_context_processor=False)
        dress(self.jinja_env)

    def full_dispatch_request(self) -> flask.Response:
        self.busy.begin(flask.request.endpoint or "")
        try:
            with self._working():
                return super().full_dispatch_request()
        finally:
            self.busy.end()

    def handle_exception(self, e: Exception) -> flask.Response:
        with self._working():
            page = errors.outage(e)
            return super().handle_exception(e) if page is None else self.finalize_request(page, from_error_handler=True)

    @contextmanager
    def _working(self) -> Iterator[None]:
        """The piece of work of this request. Answers that need nobody (static files) get one too; it costs no statement."""
        request = flask.request
        with self.site.work(None) as work:
            if "signed_in" not in flask.g:
                flask.g.signed_in = None  # when finding out fails, the page of the fault is for nobody
                if not plain.needs_nobody(request):
                    flask.g.signed_in = session.identify(self.site, work, request)
            signed = flask.g.signed_in
            work.info["address"] = address()
            if signed is not None:
                work.info["proved"] = signed.proved
                flask.g.preferences = dict(signed.preferences)
            with session.acting(work, signed, session.wished_language(self.site, request)):
                yield

    def log_exception(self, exc_info: Any) -> None:
        """The endpoint, not the address: single-use links stand in addresses (S21)."""
        self.logger.error("fault in %s [%s]", flask.request.endpoint, flask.request.method, exc_info=exc_info)

    def _enter(self) -> Any:
        """Before every view: is the body small enough, may he enter, does the form come from us."""
        request = flask.request
        if request.endpoint is None:
            return None
        request.max_content_length = body_limit_of(self, request.endpoint) or guards.BODY
        enter(self, request, maybe_me())
        if not by_token(self, request.endpoint):
            csrf.check()
        return None


def make(site: Site, blueprints: Iterable[flask.Blueprint] = ()) -> Application:
    """The application of a site: core's own `blueprints`, then those the active packages registered.

    A package that is not in the site's registry has no routes here, so its addresses do not exist. Raises Undeclared when
    a route does not say who may enter, DangerousSetting for a configuration that would lay the house open.
    """
    if site.config.debug and site.config.host not in LOOPBACK:
        raise DangerousSetting("debug is for this machine alone: switch it off, or listen on 127.0.0.1")
    app = Application(site)
    for blueprint in (plain.blueprint, *blueprints):
        app.register_blueprint(blueprint)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(FOLDER / "templates"), PackageTemplates(site.registry.packages)])
    # Flask's own loader, which knows the folders of blueprints, asks ours for the text alone: a plugin's words would be looked up in core's.
    app.jinja_env.loader = ChoiceLoader([app.jinja_loader, *filter(None, [app.jinja_env.loader])])
    for blueprint in site.registry.blueprints:
        with site.registry.blamed(blueprint):
            before = len(list(app.url_map.iter_rules()))
            app.register_blueprint(blueprint)
            check_declared(app)
            _check_addresses(site.registry.package_of(blueprint), list(app.url_map.iter_rules())[before:])
    check_declared(app)
    if site.config.proxies:
        hops = site.config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.wsgi_app = guards.HostGuard(app.wsgi_app, guards.hosts_of(site.config))  # type: ignore[method-assign]
    app.wsgi_app = Headers(app.wsgi_app, site.config.https)  # type: ignore[method-assign]
    app.wsgi_app = live.Live(app.wsgi_app, app.live)  # type: ignore[method-assign]
    return app


def _check_addresses(package: str, rules: Iterable[Any]) -> None:
    """A plugin's pages lie below its own name, so no two of them can claim one address."""
    strange = sorted(rule.rule for rule in rules if package != "core" and not rule.rule.startswith(f"/{package}/"))
    if strange:
        raise ValueError(f"addresses of {package} must begin with /{package}/: {', '.join(strange)}")
