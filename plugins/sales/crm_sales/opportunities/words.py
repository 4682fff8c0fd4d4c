"""Words of editable lists that opportunities begin with: code, English, Chinese, and perhaps icon and colour."""

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
