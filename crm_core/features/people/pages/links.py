"""For those who look after accounts: a link with which somebody sets his password, when no mail reaches him."""

import flask
from werkzeug.wrappers import Response

from crm_core.access.delegation import require_proof
from crm_core.features.people.pages import blueprint
from crm_core.features.people.services import accounts, rights
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.web import urls
from crm_core.web.access import access
from crm_core.web.viewmodels import Act, AuthPage, Crumb, FormField


@blueprint.route("/core/user/<int:user_id>/link", methods=["GET", "POST"])
@access("core.user.update")
def password_link(user_id: int) -> Response | str:
    users = site().registry.resource("core.user")
    row = users.get(user_id, "update")
    rights.guard([user_id])
    crumbs = (Crumb(users.label, urls.of_list(users)), Crumb(users.title(row), urls.of_record(users, user_id)))
    back = Act(_("Back"), urls.of_record(users, user_id))
    title = _("Link to set a password")
    if flask.request.method == "POST":
        require_proof()
        made = FormField("link", _("Link"), "text", value=accounts.link(user_id), readonly=True, wide=True)
        text = _("Hand it to %(name)s alone. It works once, for %(n)s days, and is not shown again.",
                 name=users.title(row), n=accounts.LINK_LIFE.days)
        page = AuthPage(title, text, "", (made,), "", crumbs=crumbs, back=back)
    else:
        text = _("With the link %(name)s sets a password without knowing the old one. Older links stop working.", name=users.title(row))
        page = AuthPage(title, text, flask.request.path, (), _("Make the link"), crumbs=crumbs, back=back)
    return flask.render_template("password.html", page=page)
