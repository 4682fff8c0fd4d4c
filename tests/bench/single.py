"""One process that is everything: serves the pages it is told to itself and prints how much memory it has then, in MiB."""

import json
import os
import sys
from pathlib import Path

from crm_core.app import create_app, open_site
from crm_core.kernel.config import Config
from tests.bench.serving import pss


def main() -> None:
    site = open_site(config=Config(site=Path(sys.argv[1]), database=sys.argv[2]))
    app = create_app(site)
    for cookie, path in json.load(sys.stdin):
        answer = app.test_client(use_cookies=False).get(path, headers={"Cookie": f"sid={cookie}", "Host": "127.0.0.1"})
        assert answer.status_code == 200, path
    print(pss(os.getpid()))


if __name__ == "__main__":
    main()
