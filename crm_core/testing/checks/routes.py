"""Every hand-made page says who may enter, and lies below the plugin's own name."""

from collections.abc import Iterator
from typing import Any

import flask

from crm_core.access.doors import declared
from crm_core.kernel.i18n import _
from crm_core.testing.subject import Place, Subject


def look(subject: Subject) -> Iterator[tuple[Place, Any]]:
    for blueprint in subject.own(subject.site.registry.blueprints):
        app = flask.Flask(__name__, static_folder=None)
        app.register_blueprint(blueprint)
        for rule in app.url_map.iter_rules():
            place = subject.of(app.view_functions[rule.endpoint])
            if declared(app, rule.endpoint) is None:
                yield place, _("The route %(rule)s does not say who may enter.", rule=rule.rule)
            if not rule.rule.startswith(f"/{subject.name}/"):
                yield place, _("The route %(rule)s does not lie below /%(name)s/.", rule=rule.rule, name=subject.name)
