"""Words of editable lists that opportunities begin with: code, English, Chinese, and perhaps icon and colour; and the pipeline."""

from sqlalchemy import select

from crm_core.sdk import session, site
from crm_sales.opportunities.models import Outcome, Pipeline

WORDS = {
    "sales.won_reason": [
        ("price", "Price", "价格合适"), ("solution", "Solution", "方案合适"), ("relation", "Relationship", "关系与信任"), ("service", "Service", "服务好"),
        ("reach", "Readers and reach", "读者与覆盖"), ("renewal", "Renewal", "续约")],
    "sales.lost_reason": [
        ("price", "Too dear", "价格高"), ("competitor", "Went to a competitor", "选择竞争对手"), ("budget", "No budget", "没有预算"), ("no_need", "No need any more", "需求取消"),
        ("timing", "Wrong time", "时机不对"), ("silent", "No answer", "没有回音"), ("solution", "Does not fit", "方案不合适")],
    "sales.satisfaction": [
        ("satisfied", "Satisfied", "满意", "circle-check", "green"), ("fair", "Fairly satisfied", "基本满意", "circle-dashed", "amber"), ("unsatisfied", "Not satisfied", "不满意", "alert-triangle", "red")],
}
STEPS = (  # the house's eight selling steps
    ("寻找准客户", "Find a prospect", "open", 500, 30), ("约见拜访", "Arrange a visit", "open", 1000, 21), ("建立信任", "Win trust", "open", 2000, 30),
    ("挖掘需求", "Dig out needs", "open", 3500, 30), ("研究方案", "Work out a solution", "open", 5000, 21), ("提出方案", "Propose", "open", 7000, 21),
    ("签约承诺", "Sign", "won", 10000, None), ("客户满意", "Customer satisfied", "won", 10000, None))


def put_pipeline():
    """The pipeline every house begins with; what is there is left as people made it."""
    if session.scalar(select(Pipeline.id).limit(1)) is not None:
        return
    pipelines, steps = site().registry.resource("sales.pipeline"), site().registry.resource("sales.stage")
    (made,) = pipelines.write([{"name": "八步销售流程", "english": "Eight selling steps", "code": "eight", "position": 0}])
    steps.write([
        {"pipeline": made, "name": name, "english": english, "position": at, "outcome": Outcome(outcome), "probability": chance, "days": days}
        for at, (name, english, outcome, chance, days) in enumerate(STEPS, 1)])
