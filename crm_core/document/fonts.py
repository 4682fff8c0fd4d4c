"""Which characters PDFs of this machine can show, and which fonts would help."""

from collections.abc import Iterator

from crm_core import document
from crm_core.kernel.doctor import NOTE, OK, Finding
from crm_core.kernel.i18n import _

# Some of each kind, and the package of Debian and Ubuntu that has them.
KINDS = (("𠮷", _("rare Chinese characters"), "fonts-noto-cjk"), ("🎉🥂", _("emoji"), "fonts-noto-color-emoji"), ("กكא", _("letters of other scripts"), "fonts-noto-core"))


def findings() -> Iterator[Finding]:
    """What is to be said of PDFs."""
    if why := document.lacking():
        yield Finding.of("pdf", NOTE, why)
        return
    missing = set(document.undrawn("".join(signs for signs, _what, _package in KINDS)))
    lacking = [(what, package) for signs, what, package in KINDS if missing & set(signs)]
    for what, package in lacking:
        yield Finding.of("pdf", NOTE, _("In PDFs a □ stands for %(what)s: apt-get install %(package)s", what=what, package=package))
    if not lacking:
        yield Finding.of("pdf", OK, "PDF")
