"""What the publisher of the demo company recommends."""

from typing import Any

from crm_core.features.offers.fitting import NAME
from crm_core.kernel.site import site

# name, text, link, the needs it fits
THINGS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("《酒典》新版", "收录一千二百家酒企，新增年份酒与产区地图。", "https://example.com/books/wine", []),
    ("春季食品展位早鸟价", "两个月内预订展位可享八五折。", "https://example.com/fairs/spring", ["fair"]),
    ("《食品周刊》半年合订本", "赠送电子版，含全年索引。", "https://example.com/books/weekly", []),
)


def fill(make: Any) -> None:
    with make.at(20, 9, "sunli"):
        site().registry.resource(NAME).write([{"name": name, "text": text, "url": url, "needs": needs} for name, text, url, needs in THINGS])
