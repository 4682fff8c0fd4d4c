"""The figures as a table for docs/performance.md."""

from __future__ import annotations

from typing import Any

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def table(results: list[dict[str, Any]]) -> str:
    return "\n\n".join(_one(result) for result in results)


def _one(r: dict[str, Any]) -> str:
    lines = [f"### {NAMES[r['engine']]}, {r['size']:,} customers", ""]
    with_small = any(p["small"] for p in r["pages"])
    head = ["page", "actor", "ms", "raw ms", "× raw", "processor ms", "× raw"] + (["at 10,000", "×"] if with_small else []) + ["goal", ""]
    lines += ["| " + " | ".join(head) + " |", "|---|---|" + "---:|" * (len(head) - 4) + "---|---|"]
    for p in r["pages"]:
        ours, raw, small = p["ours"], p["raw"], p["small"]
        times, grown = ours["p50"] / raw["p50"], ours["p50"] / small["p50"] if small else 0
        cells = [p["name"], p["actor"], f"{ours['p50']:.1f}", f"{raw['p50']:.1f}", f"{times:.1f}", f"{ours['cpu']:.1f}", f"{ours['cpu'] / raw['cpu']:.1f}"]
        if with_small:
            cells += [f"{small['p50']:.1f}" if small else "", f"{grown:.2f}" if small else ""]
        goal = f"≤ {p['goal']:.0f} ms" + (f", ≤ {p['times']:.0f} ×" if p["times"] else "")
        kept = ours["p50"] <= p["goal"]
        if p["name"] == "list of 50" and small:
            goal, kept = goal + ", ≤ 1.3 × itself", kept and grown <= 1.3
        lines.append("| " + " | ".join([*cells, goal, "met" if kept else "**not met**"]) + " |")
    lines.append("")
    if "crowd" in r:
        c, s = r["crowd"], r["start"]
        lines += ["| what | figure | goal | |", "|---|---:|---|---|"]
        rows = [
            ("lists a second, 8 connections", f"{c['ours']:.0f} (raw {c['raw']:.0f})", "≥ 130, ≥ 0.3 × raw", c["ours"] >= 130),
            ("start to first page, s", f"{s['ours']:.2f}, best {s['best']:.2f} (processor {s['cpu']:.2f}; raw {s['raw']:.2f})", "≤ 1.4", s["best"] <= 1.4),
            ("worker, idle, MiB", f"{r['idle']:.0f}", "≤ 75", r["idle"] <= 75), ("worker, after load, MiB", f"{r['after load']:.0f}", "≤ 90", r["after load"] <= 90),
            ("single process, MiB", f"{r['single']:.0f}", "≤ 130", r["single"] <= 130),
        ]
        lines += [f"| {what} | {figure} | {goal} | {'met' if kept else '**not met**'} |" for what, figure, goal, kept in rows]
        missed, wrong, there = (sum(m[key] for m in r["missed"]) for key in ("missed", "wrong", "there"))
        lines += ["", f"Searches compared with a naive look at every record, each actor: {there:,} hits, {missed:,} missed, {wrong:,} too many."]
    lines.append(f"Load of the machine at the start and the end: {r['load'][0]:.1f} and {r['load'][1]:.1f}.")
    return "\n".join(lines)
