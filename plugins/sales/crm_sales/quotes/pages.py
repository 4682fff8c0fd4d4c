"""The door of who was offered something: reads the quote in his language, takes the PDF, accepts or declines. And the mail that goes to him."""

import secrets

import flask
from markupsafe import Markup
from sqlalchemy import or_, select

from crm_core.sdk import (
    Bad,
    Missing,
    Refused,
    TooMany,
    access,
    address,
    customers,
    in_language,
    language,
    local,
    mail,
    may,
    public,
    session,
    site,
    throttle,
    today,
    writing,
)
from crm_sales import _, paper
from crm_sales.quotes import services
from crm_sales.quotes.models import Quote, QuoteItem, State

pages = flask.Blueprint("sales_quotes", __name__)
LOOKS, ANSWERS, PAPERS = 120, 20, 20  # from one address, in ten minutes
PAPERS_OF = 60  # of one quote, from wherever
HEAD = "number", "name", "customer", "contact", "day", "until", "currency", "net", "tax", "total", "terms", "note"  # what is printed of a quote
LINES = "what", "quantity", "price", "discount", "rate", "amount"
OFFERED = State.sent, State.accepted
GONE = _("This quote is not here any more. Ask who sent it to you.")
WHO = "a customer who holds the address of his quote"


def url_of(quote):
    """Its public address as the customer is sent it; "" while it has none."""
    token = services.token_of(quote)
    return f"{site().config.url.rstrip('/')}{flask.url_for('sales_quotes.show', token=token)}" if token else ""


def drawn(quote, code):
    return Markup(paper.draw("sales/quote_paper.html", quote, items_of(quote), code))


def items_of(quote):
    return paper.items_of(QuoteItem, QuoteItem.quote_id, quote.id)


def by_hand(code):
    """What a print template of a quote adds: the paper in this language."""
    def values(quote):
        _whole()
        return {"html": drawn(quote.whole, code)}

    return values


def _whole():
    """Raises Refused to who may not see all that is printed."""
    paper.whole(site().registry.resource(services.NAME), *HEAD)
    paper.whole(site().registry.resource(services.ITEM), *LINES)


def link_for(quote):
    """The public address for who reads a quote: whoever has it reads all of it and may accept it, so he must be allowed both; else ""."""
    if not any(may(f"{services.NAME}.{verb}", quote.id) for verb in ("accept", "new_link")):
        return ""
    try:
        _whole()
    except Refused:
        return ""
    return url_of(quote)


def _throttled(door, limit, whose=""):
    tried = throttle({f"quotes:{door}:{whose or address()}": limit})
    if tried.wait:
        raise TooMany(_("Too many attempts. Please wait a while."), retry_after=tried.wait)


def _wanted(token):
    """The quote of an address, for the house itself. Raises Missing."""
    quote = services.by_token(token)
    if quote is None:
        raise Missing(GONE)
    return quote


def _language():
    """That of the switch, else of his browser: asked before the house itself acts, which has its own."""
    given = flask.request.args.get("lang", "")
    return given if given in paper.LANGUAGES else language()


def _hidden(response):
    """No search engine keeps it, and nobody's cache."""
    response = flask.make_response(response)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/sales/quotes/<token>")
@public("whoever holds the unguessable address of a quote, which was sent to the customer; it shows this quote and nothing else")
def show(token):
    _throttled("look", LOOKS)
    code = _language()
    with site().system(WHO):
        return _page(_wanted(token), code, token)


def _page(quote, code, token, fault="", status=200):
    body = drawn(quote, code)
    with in_language(code):
        signed = quote.state == State.sent and quote.answered_at is not None  # what follows waits for approval
        open_now = quote.state == State.sent and not signed and (quote.until is None or quote.until >= today())
        html = flask.render_template("sales/public_quote.html", quote=quote, body=body, token=token, code=code, languages=paper.LANGUAGES, fault=fault, answered=local(quote.answered_at).date() if quote.answered_at else None,
                                     open=open_now, seal=paper.seal(quote, items_of(quote)), signed=signed, over=quote.state == State.sent and not open_now)
    response = _hidden(html)
    response.status_code = status
    return response


@pages.get("/sales/quotes/<token>/pdf")
@public("whoever holds the address of a quote takes it along")
def as_pdf(token):
    _throttled("paper", PAPERS)
    code = _language()
    with site().system(WHO):
        quote_id = _wanted(token).id
    _throttled("paper of", PAPERS_OF, f"{quote_id}")
    with site().system(WHO):
        quote = _wanted(token)
        html, title = drawn(quote, code), quote.number
    response = _hidden(flask.Response(paper.pdf(html, title, code), mimetype="application/pdf"))
    response.headers.set("Content-Disposition", "attachment", filename=f"{title.replace('/', '-')}.pdf")
    return response


@pages.post("/sales/quotes/<token>")
@public("whoever holds the address of a quote answers it, once")
def answer(token):
    """Accept what was read, with a name and a tick; or decline it, with a reason."""
    _throttled("answer", ANSWERS)
    form, code = flask.request.form, _language()
    accepts = form.get("answer") == "accept"
    with site().system(WHO):
        quote = _wanted(token)
        try:
            signer, reason = (_said(form, *one) for one in (("signer", 100), ("reason", 2_000)))
        except Bad as bad:
            return _page(quote, code, token, bad.message, 422)
        if accepts and (len(signer) < 2 or not form.get("agreed")):
            return _page(quote, code, token, _("Please write your name and tick that you agree."), 422)
        if not accepts and not reason:
            return _page(quote, code, token, _("Please say why, in a few words."), 422)
        try:
            with writing():
                quote = services.locked(quote.id)
                if services.by_token(token) is None:  # it was withdrawn while he was on his way
                    raise Missing(GONE)
                if not secrets.compare_digest(form.get("seal", "").encode(), paper.seal(quote, items_of(quote)).encode()):
                    raise Refused(_("This quote was changed since you opened it. Please read it again."))
                twice = accepts and quote.state in OFFERED and quote.answered_at is not None and quote.reason is None and quote.signer == signer
                if not twice:
                    services.answer(quote, "accept" if accepts else "decline", signer or None, address(), None if accepts else reason)
        except Refused as refused:
            session.expire_all()
            return _page(_wanted(token), code, token, refused.message, 409)
    return flask.redirect(flask.url_for("sales_quotes.show", token=token, lang=code), 303)


def _said(form, name, most):
    """What was typed, as it is kept. Raises Bad."""
    return site().registry.resource(services.NAME).all_fields[name].parse(form.get(name, "").strip()[:most]) or ""


@pages.post("/sales/quotes/<int:quote_id>/mail")
@access("sales.quote.print")
def write(quote_id):
    """A mail to the contact with the quote as a PDF and its address, to be read and sent by who wrote it."""
    quote = site().registry.resource(services.NAME).get(quote_id, "print")
    if quote.state == State.draft:
        raise Refused(_("Send the quote first: this marks it as offered, and approval may be needed."))
    if quote.state not in OFFERED:
        raise Refused(_("This quote is not on offer any more. Make a new version of it."))
    code = flask.request.form.get("lang", "")
    code = code if code in paper.LANGUAGES else language()
    receiver, name = _receiver(quote)
    data = paper.pdf(by_hand(code)(_Whole(quote))["html"], quote.number, code)
    with in_language(code):
        link = link_for(quote)
        text = str(_("Dear %(name)s,\n\nplease find attached our quote %(number)s, valid until %(until)s.", name=name, number=quote.number, until=quote.until))
        text += "\n\n" + str(_("You can read it, and accept it, here:\n%(link)s", link=link)) if link else ""
        title = str(_("Quote %(number)s: %(name)s", number=quote.number, name=quote.name))
    about = ("core.contact", quote.contact_id) if quote.contact_id else ("core.customer", quote.customer_id)
    made = mail.draft(receiver, title, text, about=about, attached=[(f"{quote.number.replace('/', '-')}.pdf", data)])
    return flask.redirect(f"/core/mail/{made}", 303)


class _Whole:
    """A row as a print template is handed it."""

    def __init__(self, row):
        self.whole = row


def _receiver(quote):
    """Address and name of whom the quote is for, as far as the writer knows them. Raises Refused."""
    called = ""
    for name, row_id in (("core.contact", quote.contact_id), ("core.customer", quote.customer_id)):
        resource = site().registry.resource(name)
        if row_id is None or "email" not in resource.fields():
            continue
        row = session.get(resource.model, row_id)
        called = called or (row.name if row is not None else "")
        if row is None or not row.email:
            continue
        reach = customers.may_reach(name, row_id, "email")
        if not reach.ok:
            raise Refused(reach.why)
        return row.email, called
    raise Refused(_("No mail address of the contact or the customer is known."))


def beside(quote_id):
    """The box beside a quote: its address for the customer, its papers, its versions."""
    quote = session.get(Quote, quote_id)
    first = quote.first_id or quote.id
    versions = session.scalars(select(Quote).where(or_(Quote.id == first, Quote.first_id == first)).order_by(Quote.edition.desc()).limit(20)).all()
    link, prints = link_for(quote), may(f"{services.NAME}.print", quote.id)
    return {"quote": quote, "link": link, "linked": bool(services.token_of(quote)), "languages": paper.LANGUAGES if prints else {}, "versions": versions,
            "may_mail": quote.state in OFFERED and prints and may("core.mail.create")}
