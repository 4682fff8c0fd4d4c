"""The brief view of a resource: what everybody with its `.brief.read` knows of records beyond his reach."""

from typing import TYPE_CHECKING

from crm_core.access import actor as access
from crm_core.data.base import Model
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.resource.inspection import fields_of

if TYPE_CHECKING:
    from crm_core.resource.resource import Resource


def brief_of(cls: "type[Resource]", base: "type[Resource]") -> "type[Resource]":
    """A resource of its own over the same table, with few fields and its own, wider, scope. `base`: the class of all resources."""
    name = f"{cls.name}.brief"
    columns = {f.column for n, f in fields_of(cls.model).items() if n in cls.brief}
    keys = {c.key for c in cls.model.__table__.columns if c.info.get("of") in columns}
    kept = {"id", "public_id", "version", "deleted_at", "updated_at", "created_at", "merged_into_id", "review", "created_by_id", *SCOPE_COLUMNS, *columns, *keys}
    model = type(
        f"{cls.model.__name__}Brief",
        (Model,),
        {
            "__table__": cls.model.__table__,
            "__mapper_args__": {"include_properties": kept},
            "__scoped__": is_scoped(cls.model),
            "__brief_of__": cls.model,
            "__doc__": f"The brief view of {cls.model.__name__}.",
        },
    )
    access.BRIEFS[name] = cls.name
    brief = tuple(n for n in cls.brief if n in fields_of(cls.model))
    return type(
        f"{cls.__name__}Brief",
        (base,),
        {
            "model": model, "name": name, "label": cls.label, "singular": cls.singular, "icon": cls.icon,
            "columns": tuple(n for n in brief if cls.place is None or n not in cls.place.pair), "brief": brief, "filters": tuple(n for n in cls.filters if n in brief),
            "search": tuple(n for n in cls.search if n in brief), "search_names": cls.search_names,
            "sorts": tuple(s for s in cls.sorts if s.lstrip("-") in brief),
            "status": cls.status if cls.status in brief else "", "readonly": True, "is_brief": True,
            "place": cls.place if cls.place is not None and set(cls.place.pair) <= set(brief) else None,
            "verbs": ("read",), "word": cls.word, "remarks": cls.remarks, "order": cls.order, "__doc__": f"Others' records of {cls.__name__}, in brief.",
        },
    )
