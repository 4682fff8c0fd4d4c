"""Measuring: two or three servers asked in turn, so that whatever else the machine does hits all of them alike."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.kernel.site import Site
from tests.bench import data, serving, work
from tests.bench.client import Client, crowd
from tests.bench.serving import ROOT, Crm, Raw, Server

CONNECTIONS = 8
RUN = 5  # pages asked of one server before the next; the first of them, with what the others left in the processor's memory, is not counted

Ask = Callable[[], None]


class Sample:
    """One of the servers that are asked in turn; `database`: the first process of the database's server, if it has one."""

    def __init__(self, server: Server, ask: Ask, database: int = 0) -> None:
        self.ask, self.workers, self.database = ask, server.workers, database
        self.took: list[float] = []
        self.used: list[float] = []

    def once(self, counted: bool) -> None:
        before = self._processor()
        began = time.perf_counter()
        self.ask()
        took = time.perf_counter() - began
        if counted:
            self.took.append(took * 1_000)
            self.used.append((self._processor() - before) * 1_000)

    def _processor(self) -> float:
        pids = [pid for pid, _depth in serving.below(self.database)] if self.database else []
        return sum(map(serving.cpu, [*self.workers, *pids]))

    def figures(self) -> dict[str, float]:
        took = sorted(self.took)
        return {"p50": statistics.median(took), "p95": took[max(0, int(len(took) * 0.95) - 1)], "cpu": statistics.median(self.used)}


def in_turn(samples: Sequence[Sample], rounds: int) -> list[dict[str, float]]:
    for n in range(-(-rounds // RUN) + 1):
        for sample in samples:
            for at in range(RUN + 1):
                sample.once(bool(n and at))
    return [sample.figures() for sample in samples]


def reading(client: Client, path: str) -> Ask:
    def ask() -> None:
        status, _body = client.get(path)
        if status != 200:
            raise SystemExit(f"{path} answered {status}")

    return ask


def creating(client: Client, path: str, fields: Callable[[int], dict[str, str]]) -> Ask:
    made = iter(range(10**9))

    def ask() -> None:
        status, place = client.post(path, fields(next(made)))
        if status != 303 or not place:
            raise SystemExit(f"{path} answered {status} {place}")

    return ask


def typing(client: Client, path: str, fields: Callable[[int], dict[str, str]]) -> Ask:
    """Each time another name and number, as one who types changes them."""
    made = iter(range(10**9))

    def ask() -> None:
        status, _place = client.post(path, fields(next(made)))
        if status != 200:
            raise SystemExit(f"{path} answered {status}")

    return ask


def sweep(site: Site) -> dict[str, float]:
    """The job that looks for duplicates among all customers, by somebody who holds all of them."""
    from crm_core.data.session import writing
    from crm_core.kernel.runner import run_one
    from crm_core.resource import sweep as whole

    with site.work(work.actor_of(site, "all")), writing():
        whole.ask(site.registry.resource("core.customer"))
    began, used = time.perf_counter(), time.process_time()
    while run_one(site):
        pass
    return {"took": time.perf_counter() - began, "cpu": time.process_time() - used}


def forms(client: Client, stamp: int) -> Callable[[int], dict[str, str]]:
    """What a browser sends from the form of a new customer: its token and its key, and a dozen filled fields."""
    _status, body = client.get("/core/customer/new")
    found = dict(re.findall(r'<input type="hidden" name="(csrf_token|form_key)" value="([^"]+)"', body.decode()))
    assert set(found) == {"csrf_token", "form_key"}, found

    def fields(n: int) -> dict[str, str]:
        return {
            **found, "form_key": f"{found['form_key']}{n}", "name": f"新岭泉香酒业有限公司{stamp}{n}", "kind": "company", "standing": "potential",
            "source": "fair", "phone": f"138{stamp % 10**4:04}{n:04}", "email": f"a{n}@example.com", "website": "www.example.com",
            "postcode": "644000", "size": "small", "legal_representative": "王伟", "note": "展会上认识",
        }

    return fields


def raw_form(stamp: int) -> Callable[[int], dict[str, str]]:
    def fields(n: int) -> dict[str, str]:
        return {"public_id": f"raw{stamp}{n}", "name": f"新岭泉香酒业有限公司{stamp}{n}", "standing": "potential", "source": "fair",
                "phone": "13800138000", "phone_key": "13800138000", "postcode": "644000", "size": "small", "owner_id": "1", "department_id": "1"}

    return fields


def pages(crm: Crm, raw: Raw, small: Crm | None, people: list[work.Person], few: list[work.Person] | None, args: Namespace, database: int,
          say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Each piece as each actor: the product, the floor, and the product on the small site."""
    words = [w for w in args.only.split(",") if w]
    found = []
    for at, person in enumerate(people):
        others = {piece.name: piece for piece in few[at].pieces} if few else {}
        for piece in person.pieces:
            if words and not any(w in f"{piece.name} · {piece.actor}" for w in words):
                continue
            mine, floor, stamp = Client(crm.port, person.cookie), Client(raw.port), int(time.time() * 100)
            if piece.name == work.CREATE:
                asks = [creating(mine, piece.path, forms(mine, stamp)), creating(floor, piece.raw, raw_form(stamp))]
            elif piece.name == work.TYPING:
                asks = [typing(mine, piece.path, forms(mine, stamp))]
            else:
                asks = [reading(mine, piece.path), *([reading(floor, piece.raw)] if piece.raw else [])]
            samples = [Sample(server, ask, database) for server, ask in zip((crm, raw), asks, strict=False)]
            if small is not None and few is not None and piece.name in others and piece.raw and piece.name != work.CREATE:
                samples.append(Sample(small, reading(Client(small.port, few[at].cookie), others[piece.name].path), database))
            took = in_turn(samples, args.rounds)
            one = {"name": piece.name, "actor": piece.actor, "goal": piece.goal, "times": piece.times, "ours": took[0],
                   "raw": took[1] if piece.raw else None, "small": took[2] if len(took) > 2 else None}
            found.append(one)
            say(f"{piece.name} · {piece.actor}: {took[0]['p50']:.1f} ms, processor {took[0]['cpu']:.1f}"
                + (f"; raw {took[1]['p50']:.1f} and {took[1]['cpu']:.1f}" if piece.raw else "")
                + (f", small {took[2]['p50']:.1f}" if len(took) > 2 else ""))
    return found


def crowds(crm: Crm, raw: Raw, people: list[work.Person], seconds: float) -> dict[str, float]:
    """Lists a second at eight connections: the two servers in turn, three times; the middle one."""
    runs = [(crowd(crm.port, "/core/customer", people[0].cookie, CONNECTIONS, seconds), crowd(raw.port, "/list", "", CONNECTIONS, seconds)) for _n in range(3)]
    return {"ours": statistics.median(r[0] for r in runs), "raw": statistics.median(r[1] for r in runs)}


def starts(site: Site, person: work.Person, times: int) -> dict[str, float]:
    """Seconds from the start of the process to the first page, in turn with the floor's; with the processor's share."""
    ours, raw = [], []
    for _n in range(times):
        with Crm(site, person.cookie) as server:
            ours.append((server.start, server.start_cpu))
        with Raw(site) as floor:
            raw.append((floor.start, floor.start_cpu))
    return {"ours": statistics.median(t for t, _c in ours), "cpu": statistics.median(c for _t, c in ours), "best": min(t for t, _c in ours),
            "raw": statistics.median(t for t, _c in raw)}


def memory(server: Server) -> float:
    """The larger of the two workers."""
    return max(serving.pss(pid) for pid in server.workers)


def single(site: Site, people: list[work.Person]) -> float:
    """MiB of one process that is everything, after pages of all actors."""
    asked = [[person.cookie, piece.path] for person in people for piece in person.pieces if piece.name != work.TYPING]  # that is posted
    words = [sys.executable, "-m", "tests.bench.single", str(site.home), site.config.database]
    done = subprocess.run(words, input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    return float(done.stdout)


def exactness(site: Site, say: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """Each search of each actor against a naive look at every record."""
    for name, text in work.SEARCHES.items():
        for actor in data.ACTORS:
            there, lacking, wrong = work.missed(site, text, actor)
            yield {"name": name, "actor": actor, "there": there, "missed": lacking, "wrong": wrong}
        say(f"search, {name}: compared with a naive look")
    site.engines.dispose()


def clean(site: Site) -> None:
    """The floor's records go again: nothing else of theirs was written."""
    with site.engines.write.begin() as conn:
        conn.execute(sa.text("DELETE FROM core_customer WHERE match_key = 'bench-raw'"), execution_options={"crm_unscoped": "bench"})
