"""Fields on a page of one's own: the same controls, pickers and checks as in the forms of resources and acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from crm_core.kernel.errors import Invalid
from crm_core.resource import acts
from crm_core.resource.fields import Field
from crm_core.web import controls
from crm_core.web.viewmodels import FormField


@dataclass(frozen=True)
class Form:
    """What a page asks. `controls` are drawn by `field` of `fields.html`; `values` by name, None for what is empty, and all of them
    None while `faults` (a sentence a field) are to be mended."""

    controls: tuple[FormField, ...]
    values: Mapping[str, Any]
    faults: Mapping[str, Any]


def form(*fields: Field, given: MultiDict[str, str] | None = None, begins: Mapping[str, Any] | None = None) -> Form:
    """Ask for these fields. `given` is what a browser sent (`request.form`; of a page that is asked by its address `request.args or
    None`), None while nothing was: then the controls hold what it `begins` with (name → value), and nothing is at fault.

    Records are named and found as far as the reader may know them."""
    known = {field.name: field for field in fields}
    empty: dict[str, Any] = dict.fromkeys(known)
    if given is None:
        texts = {name: known[name].text(value) for name, value in (begins or {}).items() if value is not None}
        return Form(controls.of_fields(known, texts, {}), {**empty, **(begins or {})}, {})
    texts = controls.read(known, given)
    try:
        values, faults = acts.checked(known, texts), {}
    except Invalid as bad:
        values, faults = {}, dict(bad.fields)
    return Form(controls.of_fields(known, {**dict.fromkeys(known, ""), **texts}, faults), {**empty, **values}, faults)
