"""S13: no call of ours reaches what is not in the internet, however its address is written, resolved or led on to."""

from __future__ import annotations

import contextlib
import http.server
import ipaddress
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_core.data.session import writing
from crm_core.kernel.config import Config
from crm_core.kernel.outbound import AddressRefused, Answer, CallFailed, addresses, call, dial
from crm_core.kernel.outbound.http import Limits
from crm_core.kernel.site import Site

WEB = "http://"
# Ways to write an address that is none of the internet's, or no address at all.
WRITTEN = [
    # this machine, in every notation some resolver takes
    "@127.0.0.1/", "@127.1/", "@127.0.1/", "@2130706433/", "@0x7f000001/", "@0x7f.1/", "@0x7f.0x0.0x0.0x1/",
    "@0177.0.0.1/", "@0177.1/", "@017700000001/", "@127.0.0.01/", "@127.0.0.1./", "@127.000.000.001/", "@0/",
    "@0.0.0.0/", "@①②⑦.0.0.1/", "@127。0。0。1/", "@１２７.0.0.1/", "@127.0.0.1:80/", "@127.8.9.10/", "@[::1]/",
    "@[0:0:0:0:0:0:0:1]/", "@[::]/", "@[::ffff:127.0.0.1]/", "@[::ffff:7f00:1]/", "@[::127.0.0.1]/", "@[0:0:0:0:0:ffff:7f00:1]/",
    "@[::1%25lo]/", "@localhost/", "@LOCALHOST/", "@localhost./", "@ⓛocalhost/",
    # networks of a house, of carriers, of machines
    "@10.0.0.1/", "@10.1/", "@172.16.0.1/", "@172.31.255.255/", "@192.168.1.1/", "@192.168.257/", "@0xc0a80101/",
    "@3232235777/", "@100.64.0.1/", "@100.127.255.254/", "@169.254.169.254/", "@0xA9FEA9FE/", "@2852039166/", "@[fd00::1]/",
    "@[fc00::1]/", "@[fe80::1]/", "@[fe80::1%25eth0]/", "@[fec0::1]/", "@[::ffff:10.0.0.1]/", "@[::ffff:169.254.169.254]/",
    # other networks inside IPv6
    "@[64:ff9b::7f00:1]/", "@[64:ff9b::10.0.0.1]/", "@[64:ff9b:1::1]/", "@[2002:7f00:1::]/", "@[2002:a00:1::1]/",
    "@[2001:0:7f00:1::]/", "@[2001:db8::1]/", "@[100::1]/",
    # many at once, for documents, for tests, reserved
    "@224.0.0.1/", "@239.255.255.250/", "@255.255.255.255/", "@240.0.0.1/", "@[ff02::1]/", "@[ff0e::1]/", "@192.0.2.1/",
    "@198.51.100.1/", "@203.0.113.1/", "@198.18.0.1/", "@192.88.99.1/", "@192.0.0.1/",
    # names and passwords, other schemes, what parsers read differently
    "@user@127.0.0.1/", "@good.example@127.0.0.1/", "@127.0.0.1@good.example/", "@good.example\\@127.0.0.1/", "@good.example#@127.0.0.1:x/",
    "@/127.0.0.1/", "http:127.0.0.1", "//127.0.0.1/", "@127.0.0.1\t/", "@good.example\r\nHost: x/", "@good.exa mple/", "@[::1/", "@::1/",
    "@good.example:0/", "@good.example:99999/", "@good.example:22/", "@good.example:25/", "@good.example:6379x/", "file:///etc/passwd",
    "gopher://127.0.0.1:6379/", "ftp://good.example/", "dict://127.0.0.1:11211/", "javascript:alert(1)", "", "@", "@.../", "@-x.example/",
    "@" + "a" * 3000 + ".example/",
    # names that resolve to it
    "@inside.example/", "@mixed.example/", "@mixed-six.example/", "@mapped.example/", "@scoped.example/", "@nothing.example/",
    "@error.example/", "@slow.example/", "@rubbish.example/",
]
FORMS = [WEB + form[1:] if form[:1] == "@" else form for form in WRITTEN]  # @ stands for the beginning of a web address
NAMES = {
    "inside.example": ["10.0.0.7"], "mixed.example": ["8.8.8.8", "127.0.0.1"], "mixed-six.example": ["2606:4700::1111", "::1"], "mapped.example": ["::ffff:192.168.0.1"],
    "scoped.example": ["fe80::1%eth0"], "nothing.example": [], "rubbish.example": ["not an address"], "localhost": ["127.0.0.1", "::1"],
    "good.example": ["127.0.0.1"], "other.example": ["127.0.0.1"], "outside.example": ["8.8.8.8"], "metadata.example": ["169.254.169.254"],
}
FAST = Limits(connect=0.3, total=0.6, body=100_000)


class Net:
    """A name server of our own that counts, and every connection that is tried."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.connected: list[Any] = []
        self.answers: dict[str, list[list[str]]] = {}
        self.gate = threading.Event()

    def resolve(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        if host in self.answers:
            return self.answers[host].pop(0)
        if host == "error.example":
            raise socket.gaierror(-3, "temporary failure")
        if host == "slow.example":
            self.gate.wait(20)
        return NAMES[host]


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    made, connect = Net(), socket.socket.connect

    def counted(sock: socket.socket, address: Any) -> None:
        made.connected.append(address)
        connect(sock, address)

    monkeypatch.setattr(socket.socket, "connect", counted)
    monkeypatch.setattr(addresses, "resolver", [made.resolve])
    yield made
    made.gate.set()


class Handler(http.server.BaseHTTPRequestHandler):
    """`/status`, `/to/<address>`, `/large`, `/drip`, `/lines`: what a server may do to who calls it."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str, dict[str, str], bytes]]
    over: threading.Event

    def answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        self.server.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length)))  # type: ignore[attr-defined]
        kind, _slash, rest = self.path.partition("?")[0][1:].partition("/")
        try:
            if kind == "to":
                self.send_response(302)
                self.send_header("Location", rest)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif kind == "long":  # several packets, whatever the network does
                self.send_response(200)
                self.send_header("Content-Length", rest)
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b"x" * int(rest))
            elif kind == "large":
                self.send_response(200)
                if rest == "said":
                    self.send_header("Content-Length", str(10**9))
                self.end_headers()
                while True:
                    self.wfile.write(b"x" * 65536)
            elif kind in ("drip", "lines"):
                self.send_response(200)
                if kind == "drip":
                    self.end_headers()
                while not self.server.over.wait(0.05):  # type: ignore[attr-defined]
                    self.wfile.write(b"X-a: b\r\n" if kind == "lines" else b"x")
                    self.wfile.flush()
            else:
                self.send_response(int(kind or 200))
                self.send_header("Content-Length", "5")
                self.end_headers()
                self.wfile.write(b"hello")
        except OSError:
            self.close_connection = True

    do_GET = do_POST = answer

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    made: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.seen, made.over, made.daemon_threads = [], threading.Event(), True
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.over.set()
    made.shutdown()
    made.server_close()


@pytest.fixture
def house(tmp_path: Path, server: Any) -> Iterator[Site]:
    """A site that may call good.example and other.example on the port of the test's server, although they are this machine."""
    port = server.server_address[1]
    site = Site(Config(site=tmp_path, private_hosts=f"good.example:{port}, OTHER.example:{port}, metadata.example"))
    with site.work(None, system="test"):
        yield site
    site.engines.dispose()


def test_there_are_ninety_forms() -> None:
    assert len(set(FORMS)) == len(FORMS) >= 90


@pytest.mark.parametrize("url", FORMS, ids=lambda url: url[:40].encode("ascii", "backslashreplace").decode())
def test_nothing_but_the_internet_is_called(url: str, net: Net, house: Site) -> None:
    with pytest.raises(AddressRefused):
        call("GET", url, limits=FAST)
    assert net.connected == []


def test_what_lies_in_the_internet_is_called(net: Net, house: Site) -> None:
    """Negative control: the guard does not refuse everything. (The tests' own guard ends the connection.)"""
    with pytest.raises(CallFailed):
        call("GET", "https://outside.example/x", limits=FAST)
    assert net.connected == [("8.8.8.8", 443)]
    assert [addresses.outside(ipaddress.ip_address(ip)) for ip in ("1.1.1.1", "2606:4700::1111", "100.63.0.1", "172.32.0.1")] == [True] * 4


HOSTS = ["127.0.0.1", "localhost", "LOCALHOST.", "127.1", "2130706433", "0x7f.1", "①②⑦.0.0.1", "::1", "[::1]", "::ffff:10.0.0.1", "10.0.0.1", "192.168.1.1",
         "169.254.169.254", "inside.example", "mixed.example", "error.example", "nothing.example", "", " ", "a b.example", "good.example\r\nx", "user@good.example",
         "good.example/x", "good.example#x", "[fe80::1%eth0]"]


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.encode("ascii", "backslashreplace").decode())
def test_no_mail_server_is_dialled_inside_the_house(host: str, net: Net, house: Site) -> None:
    with pytest.raises(AddressRefused):
        dial(host, 25, 0.3)
    assert net.connected == []


def test_mail_servers_of_the_internet_are_dialled_at_ports_for_mail(net: Net, house: Site, server: Any) -> None:
    for port in (22, 23, 80, 443, 0, 70_000):
        with pytest.raises(AddressRefused):
            dial("outside.example", port, 0.3)
    for port in (25, 465, 587, 993, 2525):
        with contextlib.suppress(OSError):
            dial("outside.example", port, 0.05)
    assert net.connected == [("8.8.8.8", port) for port in (25, 465, 587, 993, 2525)]
    dial("good.example", server.server_address[1], 2).close()


def test_the_server_that_the_house_sends_by_may_lie_within_it(net: Net, tmp_path: Path, server: Any) -> None:
    port = server.server_address[1]
    site = Site(Config(site=tmp_path, smtp_host="localhost", smtp_port=port))
    net.answers["localhost"] = [["127.0.0.1"]] * 4
    with site.work(None, system="test"):
        dial("localhost", port, 2).close()
        with contextlib.suppress(OSError):
            dial("localhost", 993, 0.05)
        assert net.connected == [("127.0.0.1", port), ("127.0.0.1", 993)]
        for other in (22, 6379, port + 1):  # what else stands on that machine is nobody's mail server
            with pytest.raises(AddressRefused):
                dial("localhost", other, 0.3)
        with pytest.raises(AddressRefused):
            dial("127.0.0.1", port, 2)
        assert len(net.connected) == 2
    site.engines.dispose()


def test_a_named_private_host_is_called_and_no_other_port_of_it(net: Net, house: Site, server: Any) -> None:
    port = server.server_address[1]
    answer = call("POST", f"http://GOOD.example:{port}/200?q=1", body=b"{}", headers={"Content-Type": "application/json"})
    assert (answer.status, answer.body, answer.ok) == (200, b"hello", True)
    ((method, path, headers, body),) = server.seen
    assert (method, path, headers["host"], headers["content-length"], body) == ("POST", "/200?q=1", f"good.example:{port}", "2", b"{}")
    for url in (f"http://good.example:{port + 1}/", f"http://127.0.0.1:{port}/", "http://metadata.example/"):
        with pytest.raises(AddressRefused):
            call("GET", url, limits=FAST)


def test_the_name_is_resolved_once_and_what_was_judged_is_connected_to(net: Net, house: Site, server: Any) -> None:
    port = server.server_address[1]
    net.answers["good.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    assert call("GET", f"http://good.example:{port}/200").ok
    assert (net.asked, net.connected) == (["good.example"], [("127.0.0.1", port)])
    net.answers["outside.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    with pytest.raises(CallFailed):
        call("GET", "http://outside.example/", limits=FAST)
    assert net.connected[1:] == [("8.8.8.8", 80)]


@pytest.mark.parametrize("to", [f"{WEB}127.0.0.1/", f"{WEB}inside.example/", f"{WEB}169.254.169.254/latest", "file:///etc/passwd", f"{WEB}mixed.example/", "//10.0.0.1/"])
def test_each_redirect_is_judged(to: str, net: Net, house: Site, server: Any) -> None:
    before = f"http://good.example:{server.server_address[1]}/to/{to}"
    with pytest.raises(AddressRefused):
        call("GET", before, redirects=5, limits=FAST)
    assert len(net.connected) == 1
    assert call("GET", before).status == 302  # not followed unless asked to


def test_redirects_end_and_carry_no_secret_to_another_host(net: Net, house: Site, server: Any) -> None:
    port = server.server_address[1]
    found = call("POST", f"http://good.example:{port}/to/http://other.example:{port}/201", body=b"x", headers={"Authorization": "Bearer s", "X-Mine": "1"}, redirects=1)
    assert found.status == 201
    assert [(m, "authorization" in h, h.get("x-mine"), body) for m, _p, h, body in server.seen] == [("POST", True, "1", b"x"), ("GET", False, "1", b"")]


@pytest.mark.parametrize("path", ["drip", "lines"])
def test_what_drips_is_over_in_time(path: str, net: Net, house: Site, server: Any) -> None:
    with pytest.raises(CallFailed):
        call("GET", f"http://good.example:{server.server_address[1]}/{path}", limits=FAST)


@pytest.mark.parametrize("path", ["large", "large/said"])
def test_what_is_too_large_is_not_read(path: str, net: Net, house: Site, server: Any) -> None:
    with pytest.raises(CallFailed):
        call("GET", f"http://good.example:{server.server_address[1]}/{path}", limits=Limits(body=100_000))


def test_the_usual_limits() -> None:
    usual = Limits()
    assert (usual.connect, usual.total, usual.body) == (5, 30, 5 * 2**20)


def test_no_line_can_be_added_to_a_request(net: Net, house: Site, server: Any) -> None:
    url = f"http://good.example:{server.server_address[1]}/200"
    for header in ({"X-A": "b\r\nX-C: d"}, {"X-A\nb": "c"}, {"X-A": "名"}):
        with pytest.raises(CallFailed):
            call("GET", url, headers=header)
    assert server.seen == []


def test_the_environment_names_no_proxy(net: Net, house: Site, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"{WEB}10.0.0.9:3128")
    assert call("GET", f"http://good.example:{server.server_address[1]}/200").ok


def test_nobody_waits_for_another_system_inside_a_transaction(tmp_path: Path) -> None:
    site = Site(Config(site=tmp_path))
    with site.work(None, system="test"), writing(), pytest.raises(RuntimeError):
        call("GET", "https://outside.example/")
    site.engines.dispose()


def test_an_answer_says_what_is_good() -> None:
    assert [Answer(status, {}, b"").ok for status in (199, 200, 204, 299, 302, 404, 500)] == [False, True, True, True, False, False, False]


def test_an_answer_that_comes_in_pieces_is_read_to_its_end(net: Net, house: Site, server: Any) -> None:
    answer = call("GET", f"{WEB}good.example:{server.server_address[1]}/long/4000000")
    assert (answer.status, len(answer.body)) == (200, 4_000_000)
