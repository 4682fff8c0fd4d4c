"""Files as a resource: all that one may read on one page, by name, kind, and what they hang on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.features.files import kinds
from crm_core.features.files.models import Attachment
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import timeline
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import IntegerField
from crm_core.resource.inspection import register_kind
from crm_core.resource.resource import Resource, Section
from crm_core.resource.show import show_bytes

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class BytesField(IntegerField):
    """So many bytes, said in KB and MB."""

    def show(self, value: Any) -> str:
        return show_bytes(value)


register_kind("bytes", BytesField)


class Attachments(Resource):
    """Written by services.py; people give them other names and delete them."""

    model = Attachment
    label = _("Files")
    singular = _("File")
    icon = "paperclip"
    columns = "name", "about", "kind", "size", "number", "created_by", "created_at"
    filters = "kind", "subject", "name", "size", "created_by", "created_at"
    search = ("name",)
    sorts = "-created_at", "name", "-updated_at"
    form = (Section(_("File"), ("name",)),)
    hidden_fields = ("subject", "subject_id", "content_id", "kind", "size", "number", "team")
    verbs = ("read", "update", "delete", "export", "print")
    order = 60
    help = _("All files on records that you may read. A file is put on a record by dropping it on the record’s page.")

    def may(self, verb: str) -> bool:
        """A file is never made by a form."""
        return verb not in ("create", "import") and super().may(verb)

    def derive(self, rows: Rows, before: Before) -> None:
        """A name keeps to the rules however it is given, and its ending: that says what opens it."""
        for row in rows:
            old = before.get(row.get("id", 0))
            if "name" in row and row["name"] is not None:
                row["name"] = kinds.clean_name(row["name"])
                end = kinds.ending(old["name"]) if old is not None else ""
                if end and kinds.ending(row["name"]) != end:
                    row["name"] = kinds.clean_name(f"{row['name']}.{end}")

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        """New files stand on the time lines of what they were put on."""
        if verb != "create" or len(ids) > timeline.SET_LIMIT:
            return
        query = sa.select(Attachment.id, Attachment.subject, Attachment.subject_id, Attachment.name).where(Attachment.id.in_(ids)).order_by(Attachment.id)
        rows = current_work().session.execute(query, execution_options=unscoped("lines of files")).all()
        resources = site().registry.resources
        timeline.add_all([
            {"subject": row.subject, "subject_id": row.subject_id, "kind": "file", "title": row.name, "record": self.name, "record_id": row.id}
            for row in rows if row.subject in resources and resources[row.subject].timeline
        ])
