"""The figures as tables for docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def table(results: list[dict[str, Any]]) -> str:
    return "\n\n".join(_one(result) for result in results)


def _one(r: dict[str, Any]) -> str:
    lines = [f"### {NAMES[r['engine']]}, {r['size']:,} customers", ""]
    if r.get("pages"):
        lines += [*_pages(r["pages"]), ""]
    figures = [*_server(r), *_exchange(r.get("exchange"), r["engine"])]
    if figures:
        lines += ["| what | figure | goal | |", "|---|---:|---|---|"]
        lines += [f"| {what} | {figure} | {goal} | {'met' if kept else '**not met**'} |" for what, figure, goal, kept in figures]
        lines.append("")
    if "missed" in r:
        missed, wrong, there = (sum(m[key] for m in r["missed"]) for key in ("missed", "wrong", "there"))
        lines += [f"Searches compared with a naive look at every record, each actor: {there:,} hits, {missed:,} missed, {wrong:,} too many."]
    lines.append(f"Load of the machine at the start and the end: {r['load'][0]:.1f} and {r['load'][1]:.1f}.")
    return "\n".join(lines)


def _pages(pages: list[dict[str, Any]]) -> Iterator[str]:
    with_small = any(p["small"] for p in pages)
    head = ["page", "actor", "ms", "raw ms", "× raw", "processor ms", "× raw"] + (["at 10,000", "×"] if with_small else []) + ["goal", ""]
    yield "| " + " | ".join(head) + " |"
    yield "|---|---|" + "---:|" * (len(head) - 4) + "---|---|"
    for p in pages:
        ours, raw, small = p["ours"], p["raw"], p["small"]
        grown = ours["p50"] / small["p50"] if small else 0
        floor = (f"{raw['p50']:.1f}", f"{ours['p50'] / raw['p50']:.1f}", f"{ours['cpu'] / raw['cpu']:.1f}") if raw else ("", "", "")
        cells = [p["name"], p["actor"], f"{ours['p50']:.1f}", *floor[:2], f"{ours['cpu']:.1f}", floor[2]]
        if with_small:
            cells += [f"{small['p50']:.1f}" if small else "", f"{grown:.2f}" if small else ""]
        goal = f"≤ {p['goal']:.0f} ms" + (f", ≤ {p['times']:.0f} ×" if p["times"] else "")
        kept = ours["p50"] <= p["goal"]
        if p["name"] == "list of 50" and small:
            goal, kept = goal + ", ≤ 1.3 × itself", kept and grown <= 1.3
        yield "| " + " | ".join([*cells, goal, "met" if kept else "**not met**"]) + " |"


Figure = tuple[str, str, str, bool]


def _server(r: dict[str, Any]) -> Iterator[Figure]:
    if c := r.get("crowd"):
        yield "lists a second, 8 connections", f"{c['ours']:.0f} (raw {c['raw']:.0f})", "≥ 130, ≥ 0.3 × raw", c["ours"] >= 130
    if s := r.get("start"):
        figure = f"{s['ours']:.2f}, best {s['best']:.2f} (processor {s['cpu']:.2f}; raw {s['raw']:.2f})"
        yield "start to first page, s", figure, "≤ 1.4", s["best"] <= 1.4
    if w := r.get("sweep"):
        yield "sweep for duplicates, minutes", f"{w['took'] / 60:.1f} (processor {w['cpu'] / 60:.1f})", "≤ 10", w["took"] <= 600
    for key, what, most in (("idle", "worker, idle, MiB", 75), ("after load", "worker, after load, MiB", 90), ("single", "single process, MiB", 130)):
        if key in r:
            yield what, f"{r[key]:.0f}", f"≤ {most}", r[key] <= most


def _exchange(e: dict[str, Any] | None, engine: str) -> Iterator[Figure]:
    if e is None:
        return
    floor, floor_export = e["floor"], e["export floor"]
    for name, least in (("alone", 9_000), ("with people", 6_000)):
        run = e[name]
        yield f"import {name}, rows a second", _beside([run], floor), f"≥ {least:,}", _pace([run]) >= least
        kept = run["growth"] <= 10 or run["rows"] < 100_000
        yield f"import {name}: memory, MiB", f"{run['memory']:.0f}, second half {run['growth']:+.0f}", "constant", kept
        yield f"import {name}: search index after it, s", f"{run['search']:.0f} for {run['rows']:,} rows", "a job", True
    saves, most = e["saves"], 250
    figure = f"{saves['p50']:.0f}, 99 of 100 within {saves['p99']:.0f}, longest {saves['longest']:.0f}"
    yield "saving during an import, ms", figure, f"≤ {most} for 99 of 100" if engine == "sqlite" else "–", engine != "sqlite" or saves["p99"] <= most
    run = e["export"]
    yield "export, rows a second", _beside([run], floor_export), "≥ 24,000, ≥ 0.5 × raw", _pace([run]) >= 24_000
    yield "export: growth, MiB", f"{run['above']:.0f}", "≤ 30", run["above"] <= 30


def _beside(ours: list[dict[str, Any]], raw: list[dict[str, Any]]) -> str:
    return (f"{_pace(ours):,.0f}, {_pace(ours) / _pace(raw):.2f} × raw {_pace(raw):,.0f} "
            f"(processor {_each(ours):.0f} µs a row, raw {_each(raw):.0f})")


def _each(runs: list[dict[str, Any]]) -> float:
    return float(sum(run["cpu"] for run in runs) * 1e6 / sum(run["rows"] for run in runs))


def _pace(runs: list[dict[str, Any]]) -> float:
    return float(sum(run["rows"] for run in runs) / sum(run["seconds"] for run in runs))
