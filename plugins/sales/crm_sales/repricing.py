"""The button “Take today's prices” of drafts of quotes and orders."""

from crm_core.sdk import Refused, session, site, tell, today
from crm_sales import _, ngettext

SAID = 5  # lines that are named


def take(name):
    """The act of a kind of document. Its state is asked again with the row held: what was sent or confirmed meanwhile stays as it is."""
    def act(document):
        resource = site().registry.resource(name)
        session.refresh(document, with_for_update=True)
        if str(document.state) != "draft":
            raise Refused(_("“%(name)s” has been dealt with meanwhile.", name=str(document)))
        if document.day is not None and document.day < today():
            document.day = today()
            session.flush()
        before, items = document.total, resource.line_resource("items")
        changed, stays = items.anew(document.id)
        session.refresh(document)
        _say(changed, stays, before, document, items.all_fields["price"].show)

    return act


def _say(changed, stays, before, document, show):
    if changed:
        tell("; ".join(str(_("“%(what)s” %(was)s → %(now)s", what=one.what, was=show(one.was), now=show(one.now))) for one in changed[:SAID]) + ".")
        if more := len(changed) - SAID if len(changed) > SAID else 0:
            tell(ngettext("And %(n)s further price.", "And %(n)s further prices.", more))
        tell(_("The whole: %(was)s → %(now)s %(currency)s.", was=show(before), now=show(document.total), currency=document.currency))
    else:
        tell(_("All prices are those of today already."))
    if stays:
        tell(_("No price list knows a price of these today, theirs stays: %(names)s.", names=", ".join(stays[:SAID])))
