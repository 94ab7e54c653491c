"""The reverse proxy of docs/operate.md, run by a real nginx before a served desk: TLS outside, Secure cookies, one host name."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from review.tls import pair_of
from tests.review.filled import PASSWORD

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
OPERATE = Path(__file__).parents[2] / "docs" / "operate.md"
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def outside(place, tmp_path):
    """The address of the proxy before the desk, as the document's own block makes it."""
    block = re.search(r"```nginx\n(.*?)```", OPERATE.read_text(encoding="utf-8"), re.S)[1]
    pair, port = pair_of(None, None, tmp_path / "tls", "127.0.0.1"), free_port()
    block = block.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("http://127.0.0.1:8001", place)
    block = block.replace("/etc/ssl/wuxiao/cert.pem", str(pair.cert)).replace("/etc/ssl/wuxiao/key.pem", str(pair.key))
    folders = "".join(f"{name}_temp_path {tmp_path};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {folders} {block} }}")
    process = subprocess.Popen([NGINX, "-e", "stderr", "-c", conf, "-p", tmp_path])
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def test_the_documented_proxy_gives_the_desk_over_tls_with_secure_cookies(outside):
    with httpx.Client(base_url=outside, verify=False, transport=httpx.HTTPTransport(retries=20, verify=False)) as client:
        for _ in range(50):
            if client.get("/-/login").status_code == 200:
                break
            time.sleep(0.1)
        page = client.get("/-/login")
        assert all("secure" in cookie.lower() for cookie in page.headers.get_list("set-cookie"))
        token = re.search(r'name="csrftoken" value="([^"]+)"', page.text)[1]
        entered = client.post("/-/login?next=/-/queue", data={"name": "王审核", "password": PASSWORD, "csrftoken": token})
        assert (entered.status_code, entered.headers["location"]) == (302, "/-/queue")
        assert "Secure" in entered.headers["set-cookie"] and "HttpOnly" in entered.headers["set-cookie"]
        assert client.get("/-/queue").status_code == 200


def test_a_stranger_who_claims_tls_by_a_header_gets_no_further(place):
    said = httpx.get(f"{place}/-/queue", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.9"})
    assert said.status_code == 302 and said.headers["location"].startswith("/-/login")
