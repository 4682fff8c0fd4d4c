"""Hand-made pages: signing in, the account, the first start."""

import flask

blueprint = flask.Blueprint("people", __name__, template_folder="../templates")

from crm_core.features.people.pages import account, links, password, preferences, setup, signin  # noqa: F401
