"""What people see of opportunities."""

from crm_core.sdk import Bilingual, PricedLines, Resource, priced
from crm_sales import _
from crm_sales.opportunities.models import Opportunity, OpportunityItem, Pipeline, Stage


class Pipelines(Bilingual):
    model = Pipeline
    label, singular = _("Pipelines"), _("Pipeline")
    icon = "filter"
    columns = "name", "english"
    search = "name", "english"


class Stages(Bilingual):
    model = Stage
    label, singular = _("Stages"), _("Stage")
    icon = "progress"
    columns = "name", "english", "pipeline", "position", "probability", "outcome"
    filters = "pipeline", "outcome"
    search = "name", "english"


class Opportunities(Resource):
    model = Opportunity
    label, singular = _("Opportunities"), _("Opportunity")
    icon = "target"
    columns = "name", "customer", "stage", "amount", "expected", "owner"
    filters = "pipeline", "stage", "outcome", "amount", "expected", "customer", "owner"
    search = ("name",)
    status = "outcome"
    importable = True
    lines = (priced(OpportunityItem, _("Products")),)


class OpportunityItems(PricedLines):
    model = OpportunityItem
    label, singular = _("Products of opportunities"), _("Product of an opportunity")
