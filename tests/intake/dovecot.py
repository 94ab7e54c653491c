"""A real Dovecot on this machine for one test: TLS with a certificate made for it, one virtual user, mail in a folder of its own.

Started and ended by the test. Runs as `nobody` where the tests run as root, else as whoever runs them.
"""

import contextlib
import getpass
import imaplib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

USER, PASSWORD = "office@example.com", "app-password-1"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
ssl_dh =
disable_plaintext_auth = no
mail_location = maildir:{home}/mail
first_valid_uid = 1
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox "草稿箱" {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox "已收取" {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {secure}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def mail(number, text="材料"):
    """A small mail of its own."""
    lines = (
        f"From: union{number}@example.com",
        "To: office@example.com",
        "Subject: =?utf-8?b?4oCc5LqU5bCP4oCd5rS75Yqo6aG555uuK+WPpeWuueW4guaAu+W3peS8mg==?=",
        f"Message-ID: <{number}@example.com>",
        "Date: Mon, 01 Apr 2024 09:00:00 +0800",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        f"{text} {number}",
        "",
    )
    return "\r\n".join(lines).encode()


class Dovecot:
    """The server: `home` is all that it has; `authority` the certificate to trust."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="dc-", dir="/tmp"))
        self.plain, self.secure = _free_port(), _free_port()
        self.authority = self.home / "cert.pem"
        names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", names]
        subprocess.run([*make, "-keyout", self.home / "key.pem", "-out", self.authority], check=True, capture_output=True)
        user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        group = "nogroup" if os.geteuid() == 0 else subprocess.run(["id", "-gn"], capture_output=True, text=True, check=True).stdout.strip()
        config = CONFIG.format(home=self.home, user=user, group=group, plain=self.plain, secure=self.secure)
        (self.home / "dovecot.conf").write_text(config, encoding="utf-8")
        (self.home / "users").write_text(f"{USER}:{PASSWORD}\n")
        (self.home / "mail").mkdir()
        self._as = {"user": user, "group": group, "extra_groups": ()} if os.geteuid() == 0 else {}
        if self._as:
            for path in (self.home, *self.home.iterdir()):
                shutil.chown(path, user, group)
        self._process = None
        self.start()

    def start(self):
        command = [shutil.which("dovecot") or "/usr/sbin/dovecot", "-F", "-c", self.home / "dovecot.conf"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **self._as)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                with self.client():
                    return
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.1)
        raise AssertionError((self.home / "log").read_text() if (self.home / "log").exists() else "no log")

    def stop(self):
        """Ends it and every connection at once, as a power cut would."""
        served = self._children()
        self._process.kill()
        self._process.wait()
        for pid in served:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.home / "run", ignore_errors=True)

    def close(self):
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def cut(self):
        """Cuts every connection; the server goes on."""
        for pid in self._children("imap", "imap-login"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _children(self, *names):
        """The server's own processes (of these names)."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
                if int(rest.split()[1]) == self._process.pid and (not names or name in names):
                    found.append(int(entry.name))
        return found

    def context(self):
        return ssl.create_default_context(cafile=str(self.authority))

    def client(self):
        """A connection of the test's own, logged in."""
        client = imaplib.IMAP4_SSL("127.0.0.1", self.secure, ssl_context=self.context(), timeout=10)
        client.login(USER, PASSWORD)
        return client

    def deliver(self, *mails, folder="INBOX"):
        with self.client() as client:
            for data in mails:
                assert client.append(folder, None, None, data)[0] == "OK"

    def flags(self, folder="INBOX"):
        """UID → flags of every mail."""
        with self.client() as client:
            client.select(folder, readonly=True)
            _, found = client.uid("FETCH", "1:*", "(FLAGS)")
        lines = [line.decode() for line in found if line]
        return {int(line.split("UID ")[1].split()[0].rstrip(")")): line.split("FLAGS (")[1].split(")")[0].split() for line in lines}

    def new_validity(self, folder="INBOX"):
        """The mailbox is made anew with the same mails: other UIDs, another UIDVALIDITY."""
        time.sleep(1.1)  # it is made from the time in seconds
        lists = (self.home / "mail").glob("dovecot*" if folder == "INBOX" else f".{folder}/dovecot*")
        for path in lists:
            path.unlink()

    def url(self, folder="INBOX"):
        return f"imaps://office%40example.com@127.0.0.1:{self.secure}/{folder}"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
