"""Rendering a page: the template and its model; the frame around both comes from the context."""

from collections.abc import Iterable
from typing import Any

import flask
from jinja2 import BaseLoader, Environment, FileSystemLoader, Template, TemplateNotFound

from crm_core.kernel.i18n import _, at_once, plurals, translations
from crm_core.web import cells, csrf, table
from crm_core.web.assets import asset


def page_of(template: str, page: Any, **more: Any) -> str:
    """A page made of a template and its view model."""
    return flask.render_template(template, page=page, **more)


class PackageTemplates(BaseLoader):
    """Templates of plugins: `visits/panel.html` is `templates/visits/panel.html` of the package visits, and its `_` and `ngettext` are that
    package's. No package reaches another's, nor takes the place of core's."""

    def __init__(self, packages: Iterable[Any]) -> None:
        self.homes = {p.name: (FileSystemLoader(p.folder / "templates"), at_once(translations(p.name, p.folder / "translations"), p.name),
                               plurals(p.name, p.folder / "translations"))
                      for p in packages if p.name != "core" and (p.folder / "templates").is_dir()}

    def get_source(self, environment: Environment, template: str) -> Any:
        home = self.homes.get(template.partition("/")[0])
        if home is None:
            raise TemplateNotFound(template)
        return home[0].get_source(environment, template)

    def load(self, environment: Environment, name: str, globals: Any = None) -> Any:
        home = self.homes.get(name.partition("/")[0])
        return super().load(environment, name, {**(globals or {}), "_": home[1], "ngettext": home[2]} if home is not None else globals)


class PageTemplate(Template):
    """A template whose macros other templates import as they stand: at each import Jinja compares the names of the globals of
    both sides (a twentieth of a record page), and here they are the same for all."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


def dress(env: Environment) -> None:
    """Give the templates what they are drawn with. Call it once, when the application is made."""
    env.template_class = PageTemplate
    env.globals.update(
        _=at_once(_), asset=asset, icon=cells.icon, logo=cells.logo, status=cells.status, pill=cells.pill, status_pill=cells.status_pill,
        tags=cells.tags, avatar=cells.avatar, who=cells.who, call_url=cells.call_url, DASH=cells.DASH,
        rows_of=table.rows, csrf_token=csrf.token,
        # What a page may set before its blocks; a layout asks for all of them.
        head_title="", ph_title="", ph_back="", main_class="",
    )
