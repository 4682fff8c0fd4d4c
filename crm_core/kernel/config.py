"""Deployment configuration: `crm.toml` in the site's folder, overridden by the environment. Read once, never changed."""

import importlib.util
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crm_core.kernel.i18n import _

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Config:
    """One site's settings. Each can stand in `crm.toml` by its name or in the environment as `CRM_<NAME>`."""

    site: Path
    database: str = ""  # SQLAlchemy URL; empty: SQLite in the site's folder
    host: str = "127.0.0.1"  # also HOST
    port: int = 8000  # also PORT
    base_url: str = ""  # as people outside reach it, for links in mail; empty: http://host:port
    workers: int = 2
    threads: int = 8
    language: str = "zh_Hans_CN"
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    trusted_hosts: str = ""  # further host names, separated by commas
    proxies: int = 0  # how many reverse proxies stand before us
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: str = "starttls"  # starttls, tls or none
    mail_from: str = ""
    private_hosts: str = ""  # hosts within the house that webhooks, channels and mail boxes may call, separated by commas: erp.example, 10.0.0.5:8080
    debug: bool = False

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.site / 'crm.db').absolute()}"

    @property
    def plain_http(self) -> bool:
        """People reach us over http and not only from this machine: fine for a trial, said at start, foot and doctor."""
        return not self.https and not {self.host, urlsplit(self.url).hostname} <= {*LOOPBACK}

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")


def home_of(environ: Mapping[str, str]) -> Path:
    """The folder of the site."""
    return Path(environ.get("CRM_SITE") or "var")


def written(site: Path | None = None) -> dict[str, Any]:
    """What stands in `crm.toml`. Raises ValueError when it is no TOML."""
    path = (site or home_of(os.environ)) / "crm.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise ValueError(_("%(path)s is no TOML: %(why)s", path=path, why=error)) from None


def load(site: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """The configuration of the site at `site` (default: `CRM_SITE`, else `var`). Raises ValueError on a wrong value."""
    env = os.environ if environ is None else environ
    home = site or home_of(env)
    values = written(home)
    known = {f.name: f.type for f in fields(Config) if f.name != "site"}
    unknown = set(values) - set(known)
    if unknown:
        raise ValueError(_("%(path)s: unknown setting %(names)s", path=home / "crm.toml", names=sorted(unknown)))
    for name in known:
        for variable in (f"CRM_{name.upper()}", name.upper() if name in ("host", "port") else ""):
            if variable and env.get(variable):
                values[name] = env[variable]
    for name, value in values.items():
        try:
            if known[name] is int:
                values[name] = int(value)
            elif known[name] is bool:
                values[name] = value if isinstance(value, bool) else str(value).lower() in ("1", "true", "yes", "on")
        except ValueError:
            raise ValueError(_("%(name)s must be a number, not %(value)s", name=name, value=repr(value))) from None
    found = Config(site=home, **values)
    _check_engine(found)
    return found


def _check_engine(config: Config) -> None:
    """Two kinds of database are known, and the second needs its driver. The URL is not said: it may hold a password."""
    kind = config.database_url.partition(":")[0].partition("+")[0]
    if kind not in ("sqlite", "postgresql"):
        raise ValueError(_("database must begin with sqlite:/// or postgresql://"))
    if kind == "postgresql" and importlib.util.find_spec("psycopg") is None:
        raise ValueError(_("PostgreSQL needs one more package: %(command)s", command="pip install 'tangram-crm[pg]'"))
