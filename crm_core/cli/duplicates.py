"""How well two spellings of one firm are told from two firms."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crm_core.cli._common import examples, say
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _

if TYPE_CHECKING:
    from crm_core.testing.pairs import Pair


@click.command("duplicates", help=str(_(
    "Measure how duplicates are recognised: precision and recall on pairs of names made by the rules of docs/duplicates.md, or on a CSV file "
    "of your own with the columns one, other, same (1 or 0).")),
    epilog=examples("crm duplicates", "crm duplicates --seed 7 --faults", "crm duplicates --pairs pairs.csv"))
@click.option("--seed", multiple=True, type=int, help=str(_("Which pairs are made; 1 to 5 when none is named.")))
@click.option("--pairs", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=str(_("A CSV file of pairs.")))
@click.option("--faults", is_flag=True, help=str(_("List the pairs that are judged wrongly.")))
def command(seed: tuple[int, ...], path: Path | None, faults: bool) -> None:
    from crm_core.testing.pairs import measure, pairs

    sets = {str(path): _read(path)} if path is not None else {f"seed {one}": pairs(one) for one in seed or range(1, 6)}
    for name, given in sets.items():
        found = measure(given)
        say(_("%(name)s: precision %(precision)s, recall %(recall)s (%(n)s pairs)", name=name, precision=f"{found.precision:.4f}",
              recall=f"{found.recall:.4f}", n=f"{len(given):,}"))
        for pair, figure in found.faults if faults else ():
            say(f"  {figure:.2f}  {pair.one}  |  {pair.other}  ({pair.rule})")


def _read(path: Path) -> "list[Pair]":
    from crm_core.testing.pairs import Pair

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"one", "other", "same"} <= rows[0].keys():
        raise CrmError(_("The file needs the columns one, other and same."))
    return [Pair(row["one"], row["other"], row["same"] in ("1", "true", "yes"), row.get("rule") or "") for row in rows]
