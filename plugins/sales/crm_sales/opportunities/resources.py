"""What people see of opportunities."""

from dataclasses import replace

from sqlalchemy import select

from crm_core.sdk import (
    Action,
    Bilingual,
    Contact,
    Field,
    Lines,
    PricedLines,
    Resource,
    Section,
    amounts,
    as_written,
    money,
    priced,
    rights_changed,
    say_number,
    session,
)
from crm_sales import _
from crm_sales.opportunities import process, services, sharing, ways
from crm_sales.opportunities.models import (
    Competitor,
    Opportunity,
    OpportunityItem,
    OpportunityMember,
    OpportunityShare,
    Outcome,
    Pipeline,
    Stage,
    StageTask,
    StageVisit,
)
from crm_sales.opportunities.usual import MineField, first_stage, usual_pipeline


class Pipelines(Bilingual):
    model = Pipeline
    label, singular = _("Pipelines"), _("Pipeline")
    icon = "filter"
    columns = "name", "english", "for_department", "for_team", "position"
    search = "name", "english"
    filters = "for_team", "for_department", "mine"
    virtual = (MineField(name="mine", column="id", label=_("For me")),)
    help = _("A pipeline is a way along which opportunities move. A desk may have its own: its people are offered it and no other, and their new opportunities begin in it and are the desk’s.")


class Stages(Bilingual):
    model = Stage
    label, singular = _("Stages"), _("Stage")
    icon = "progress"
    columns = "name", "english", "pipeline", "position", "probability", "share", "days", "outcome"
    filters = "pipeline", "outcome", "mine"
    sorts = ("position",)
    virtual = (MineField(name="mine", column="pipeline_id", label=_("For me")),)
    search = "name", "english"
    lines = (Lines("tasks", StageTask, ("what", "days"), _("Tasks of the stage")),)
    help = _("What must be filled in before an opportunity enters a stage, how long it may stay there, how probable a deal is then, and which tasks its owner is given.")

    def remarks(self, ids):
        """Two pipelines may have stages of one name."""
        rows = session.execute(select(Stage.id, Pipeline.name, Pipeline.english).join(Pipeline, Pipeline.id == Stage.pipeline_id).where(Stage.id.in_(ids)))
        pipelines = self.registry.resource("sales.pipeline")
        return {row[0]: row[1 if pipelines.label_column.key == "name" else 2] for row in rows}

    def written(self, verb, ids, change):
        rights_changed()  # which stage follows which is kept (`ways.ways`)
        if verb == "update":
            services.follow_stages(ids)


class Competitors(Resource):
    model = Competitor
    label, singular = _("Competitors"), _("Competitor")
    icon = "swords"
    columns = "name", "website", "note"
    search = ("name",)
    sorts = "name", "-updated_at"
    importable = True
    known_by = ("name",)


def is_open(row):
    return row.outcome == Outcome.open


class Opportunities(Resource):
    model = Opportunity
    label, singular = _("Opportunities"), _("Opportunity")
    icon = "target"
    columns = "name", "customer", "stage", "amount", "standing_still", "expected", "owner"
    filters = (
        "pipeline", "stage", "outcome", "amount", "worth", "expected", "forecast", "probability", "stale_on", "stage_on", "next_day", "next_step", "closed", "customer", "competitor",
        "won_reason", "lost_reason", "source", "satisfaction", "currency", "owner", "department", "created_at")
    search = ("name",)
    sorts = "-updated_at", "expected", "-amount", "name"
    status = "outcome"
    subtitle = "customer", "stage", "amount", "expected"
    board = "stage"
    calendar = "expected"
    entry = (("outcome.any", "open"),)
    beside = ((_("Forecast"), "/sales/forecast"),)
    importable = True
    timeline = True
    told = ("stage_on", "stale_on", "weighted", "worth", "days_open")  # they follow from what is told
    form = (
        Section(_("Opportunity"), ("name", "customer", "contact", "pipeline", "stage", "amount", "currency", "expected", "items")),
        Section(_("What happens next"), ("next_step", "next_day", "forecast", "chance")),
        Section(_("Team"), ("members",), folded=True),
        Section(_("More"), ("source", "competitor", "note"), folded=True),
        Section(_("How it stands"), (
            "probability", "worth", "weighted", "stage_on", "stale_on", "closed", "days_open", "won_reason", "lost_reason", "satisfaction", "net", "tax", "total"), folded=True),
    )
    lines = (
        priced(OpportunityItem, _("Products")),
        Lines("members", OpportunityMember, ("user", "part", "share"), _("Team"), parent="opportunity_id"),
    )
    help = _("A possible deal moves through the stages of its pipeline until it is won or lost. On the board cards are dragged from stage to stage.")
    actions = (
        Action("advance", _("To the next stage"), services.advance, when=ways.goes_on, icon="arrow-right", order=5, primary=True),
        Action("win", _("Won"), services.win, when=is_open, icon="trophy", order=6, primary=True, fields=lambda resource: [_open_to(resource, "won_reason", False)]),
        Action("lose", _("Lost"), services.lose, when=is_open, icon="x", order=7, fields=lambda resource: [
            _open_to(resource, "lost_reason", True), _open_to(resource, "competitor", False), Field(name="why", label=_("In words"), length=500)]),
        Action("satisfied", _("Call-back done"), services.satisfied, when=lambda row: row.outcome == Outcome.won and row.satisfaction is None, icon="phone", order=8, primary=True, bulk=False,
               fields=["satisfaction", Field(name="said", label=_("What he says"), length=2_000)]),
        Action("reopen", _("Reopen"), services.reopen, when=lambda row: not is_open(row), icon="arrow-back-up", order=20, quiet=True),
    )

    def defaults(self):
        pipeline = usual_pipeline()
        return {"currency": money.house(), **({"pipeline": pipeline, "stage": first_stage(pipeline)} if pipeline is not None else {})}

    def write(self, rows, *, kind="save"):
        rows = [dict(row) for row in rows]
        services.begin(self, rows)
        return super().write(rows, kind=kind)

    def derive(self, rows, before):
        known, rates = services.stages(), {}
        services.put_on_desks(rows)
        for row in rows:
            services.derive_stage(row, as_written(row, before), before.get(row.get("id", 0)), known)
            services.weigh(row, as_written(row, before), rates)

    def check(self, rows, before):
        known, faults = services.stages(), {}
        now = [as_written(row, before) for row in rows]
        entering = {at: known.get(one.get("stage_id")) for at, one in enumerate(now) if one.get("stage_id") != before.get(one.get("id", 0), {}).get("stage_id")}
        asked = [now[at]["id"] for at, stage in entering.items() if stage is not None and "id" in now[at] and {"items", "members"} & set(stage.needs or ())]
        lines = {name: self._having(model, asked) for name, model in (("items", OpportunityItem), ("members", OpportunityMember))}
        contacts = self._contacts({one["contact_id"] for row, one in zip(rows, now, strict=True) if one.get("contact_id") and ("contact_id" in row or "customer_id" in row)})
        for at, (row, one) in enumerate(zip(rows, now, strict=True)):
            found = {}
            stage, old = known.get(one.get("stage_id")), before.get(row.get("id", 0), {})
            if stage is not None and not services.of_pipeline(known, one.get("pipeline_id")):
                found["pipeline"] = [_("This pipeline has no stages yet.")]
            elif stage is not None and stage.pipeline_id != one.get("pipeline_id"):
                found["stage"] = [_("This is no stage of the pipeline.")]
            elif at in entering and stage is not None:
                found.update(self._entry(stage, row, one, old, lines, known))
            if contacts.get(one.get("contact_id"), one.get("customer_id")) != one.get("customer_id"):
                found["contact"] = [_("This contact is not one of the customer.")]
            shares = [line.get("share") for line in row.get("members") or () if line.get("share") is not None]
            if shares and sum(shares) != amounts.WHOLE:
                found["members"] = [_("The shares come to %(sum)s%%, not to 100%%.", sum=say_number(sum(shares), 2))]
            if found:
                faults[at] = found
        return faults

    def _entry(self, stage, row, now, old, lines, known):
        """What a stage asks of what enters it."""
        if stage.outcome == Outcome.lost and not now.get("lost_reason"):
            return {"stage": [_("Choose “Lost”, and say why.")]}
        won = services.of_pipeline(known, stage.pipeline_id, Outcome.won)
        if stage.outcome == Outcome.won and stage.id != won[0].id and old.get("outcome") != Outcome.won:
            return {"stage": [_("The deal comes first: “%(stage)s”.", stage=self.registry.resource("sales.stage").title(won[0]))]}
        if stage.outcome == Outcome.won and old.get("outcome") != Outcome.won:
            return {"stage": [_("Choose “Won”: it asks why.") if old.get("outcome") != Outcome.lost else _("Reopen it first.")]}
        found, names = {}, {name: field.column for name, field in self.all_fields.items()}
        for name in stage.needs or ():
            if name in lines:
                there = bool(row[name]) if name in row else now.get("id") in lines[name]
            else:
                there = now.get(names.get(name, name)) not in (None, "", [])
            if not there:
                found[name] = [_("Needed for the stage “%(stage)s”.", stage=self.registry.resource("sales.stage").title(stage))]
        return found

    def _having(self, model, ids):
        return set(session.scalars(select(model.opportunity_id).where(model.opportunity_id.in_(ids)).distinct())) if ids else set()

    def _contacts(self, ids):
        return dict(session.execute(select(Contact.id, Contact.customer_id).where(Contact.id.in_(ids))).all()) if ids else {}

    def act_for(self, field, value):
        """To a stage that means won or lost it comes by the act that asks why: dragged there too."""
        return ways.act_to(value) if field == "stage" else ""

    def written(self, verb, ids, change):
        if verb in ("create", "update", "restore"):
            services.total_up(ids)
            services.pass_on(ids)
            services.announce(ids)
            services.next_steps(ids)
        elif verb == "delete":
            services.announce(ids)
        process.ended(ids)
        process.resumed(ids)
        sharing.share_out(ids)

    def board_words(self, field, filters):
        """The stages of the pipeline that was asked for, else of the usual one."""
        wanted = next((one.values[0] for one in filters if one.field.name == "pipeline" and one.operator == "any" and one.values), None)
        pipeline, known = wanted or usual_pipeline(), services.stages()
        return [stage.id for stage in services.of_pipeline(known, pipeline)]


def _open_to(resource, name, required):
    """A field of the record as an act asks for it, though no form writes it."""
    return replace(resource.all_fields[name], required=required, readonly=False)


class OpportunityItems(PricedLines):
    model = OpportunityItem
    label, singular = _("Products of opportunities"), _("Product of an opportunity")

    def follow_head(self, rows, before):
        """Of one that is closed the prices stay as they were then."""
        heads = {as_written(row, before)["opportunity_id"] for row in rows}
        ended = set(session.scalars(select(Opportunity.id).where(Opportunity.id.in_(heads), Opportunity.outcome != Outcome.open)))
        super().follow_head([row for row in rows if as_written(row, before)["opportunity_id"] not in ended], before)


class OpportunityShares(Resource):
    model = OpportunityShare
    label, singular = _("Shares of opportunities"), _("Share of an opportunity")
    icon = "users"
    columns = "name", "customer", "stage", "day", "percent", "whole", "worth", "weighted", "owner"
    filters = "opportunity", "customer", "stage", "outcome", "forecast", "day", "worth", "percent", "owner", "department"
    search = ("name",)
    sorts = "-day", "-updated_at"
    status = "outcome"
    verbs = "read", "export"
    readonly = True
    files = False
    in_palette = False
    beside = ((_("Forecast"), "/sales/forecast"),)
    help = _("Whose an opportunity is: by the shares of its team, else its owner’s. The parts come to its amount exactly; the forecast counts them.")


class StageVisits(Resource):
    model = StageVisit
    label, singular = _("Stage history"), _("Time in a stage")
    icon = "history"
    columns = "stage", "entered", "until", "days", "by"
    filters = "opportunity", "stage", "entered", "until", "days"
    sorts = ("-updated_at",)
    verbs = ("read", "export")
    files = False
    in_palette = False

    @property
    def label_field(self):
        return "stage"
