"""A mail to many, `python -m tests.bench.mailing [RECEIVERS] [KILLS]`: customers with an address each, a server in a process of its own
that counts copies, and a worker that is killed so often on the way. Copies a second are those of the time in which a worker lived."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_core.access.actor import load_actor
from crm_core.data.base import table_of
from crm_core.data.session import system_scope
from crm_core.features.mail.mailing_models import Mailing, MailingReceiver
from crm_core.kernel.site import Site
from tests.bench.bulk import actor
from tests.bench.exchange import _empty

WORKER = """
import sys
from pathlib import Path
from crm_core.app import open_site
from crm_core.kernel import jobs, runner
from crm_core.kernel.config import Config
from crm_core.kernel.lease import USUAL
site = open_site(config=Config(site=Path(sys.argv[2]), database=sys.argv[1], private_hosts="127.0.0.1"))
jobs.claims.reap(site.engines, USUAL, all_running=True)
with site.engines.write.begin() as conn:
    conn.exec_driver_sql("UPDATE core_job SET run_at = '2020-01-01 00:00:00' WHERE state = 'queued' AND name = 'core.mailing'")
    conn.exec_driver_sql("UPDATE core_job SET state = 'done' WHERE state = 'queued' AND name <> 'core.mailing'")
print("ready", flush=True)
while runner.run_one(site):
    pass
print("over", flush=True)
"""


def sink(port: Any, ask: Connection) -> None:
    """A mail server that keeps nothing but how many copies each address got."""
    copies: Counter[str] = Counter()

    async def heard(coming: Coroutine[Any, Any, bytes]) -> bytes:
        """What comes, nothing from a process that was killed."""
        try:
            return await coming
        except (OSError, asyncio.IncompleteReadError):
            return b""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        to = ""
        while line := await heard(reader.readline()):
            word = line[:4].upper()
            if word == b"RCPT":
                to = line.partition(b"<")[2].partition(b">")[0].decode()
            if word == b"DATA":
                writer.write(b"354 go\r\n")
                if not await heard(reader.readuntil(b"\r\n.\r\n")):
                    break
                copies[to] += 1
            writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
        writer.close()

    async def answer() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        while True:
            await asyncio.sleep(0.05)
            if ask.poll():
                ask.recv()
                ask.send((sum(copies.values()), dict(Counter(copies.values()))))

    asyncio.run(answer())


def fill(site: Site, count: int, port: int) -> int:
    """So many customers, a box and a mail; its id."""
    with site.system("bench") as work:
        who = load_actor(site, work.session, actor(site).user_id)
    with site.work(who):
        resource = site.registry.resource
        for start in range(0, count, 2_000):
            resource("core.customer").write([{"name": f"第{n}号商贸有限公司", "email": f"a{n}@firm.example"} for n in range(start, min(count, start + 2_000))])
        (box,) = resource("core.mail_account").write([{"name": "Bench", "address": "bench@example.com", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}])
        (made,) = resource("core.mailing").write([{
            "name": "Bench", "wanted": "/core/customer", "account": box, "title": "诚邀 {{ name }} 参加博览会",
            "text": "尊敬的 {{ name }}：\n\n您好！展位现已开放预订，请于月底前回复本邮件。\n" + "这里是博览会的介绍。\n" * 15}])
        resource("core.mailing").run("start", [made])
    return int(made)


def main() -> None:
    count, kills = (int(sys.argv[n]) if len(sys.argv) > n else usual for n, usual in ((1, 50_000), (2, 20)))
    ours, theirs = multiprocessing.Pipe()
    port = multiprocessing.Value("i", 0)
    server = multiprocessing.Process(target=sink, args=(port, theirs), daemon=True)
    server.start()

    def taken() -> tuple[int, dict[int, int]]:
        ours.send("?")
        return ours.recv()  # type: ignore[no-any-return]

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        site = _empty(home, lambda name: f"sqlite:///{home / name / 'crm.db'}", "mailing")
        while not port.value:
            time.sleep(0.01)
        began = time.monotonic()
        made = fill(site, count, port.value)
        filled, lived, dice = time.monotonic() - began, 0.0, random.Random(20)
        for n in range(kills + 1):
            worker = subprocess.Popen([sys.executable, "-c", WORKER, site.config.database, str(site.home)], text=True, stdout=subprocess.PIPE, env={**os.environ})
            assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
            began, before = time.monotonic(), taken()[0]
            if n < kills:
                wanted = before + dice.randrange(1, max(2, 2 * count // (kills + 1)))
                while worker.poll() is None and taken()[0] < wanted:
                    pass
                worker.kill()
            worker.communicate()
            lived += time.monotonic() - began
        total, copies = taken()
        with site.system("bench"), system_scope("bench") as db:
            table = table_of(MailingReceiver)
            fates = {row[0].value: row[1] for row in db.execute(sa.select(table.c.fate, sa.func.count()).group_by(table.c.fate))}
            stage = db.execute(sa.select(table_of(Mailing).c.stage).where(table_of(Mailing).c.id == made)).scalar_one().value
        print(json.dumps({"receivers": count, "kills": kills, "filled, s": round(filled, 1), "alive, s": round(lived, 1), "copies a second": round(total / lived), "copies": copies, "fates": fates, "stage": stage}))
        shutil.rmtree(home, ignore_errors=True)
    server.terminate()


if __name__ == "__main__":
    main()
