# SPDX-License-Identifier: Apache-2.0
# about: modules that lean on the system: tempfile, sqlite3, mmap, ctypes, zoneinfo, locale, random, ssl, curses-free terminal size, resource
import ctypes, datetime, decimal, hashlib, locale, mmap, os, platform, pathlib, random, resource, secrets, shutil, signal
import socket, sqlite3, ssl, tempfile, time, uuid, zlib

with tempfile.TemporaryDirectory() as folder:
    database = sqlite3.connect(pathlib.Path(folder) / "db")
    database.execute("create table t (n integer)")
    database.executemany("insert into t values (?)", [(i,) for i in range(100)])
    database.commit()
    assert database.execute("select sum(n) from t").fetchone() == (4950,)
    path = pathlib.Path(folder) / "mapped"
    path.write_bytes(b"\0" * 4096)
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 4096) as area:
        area[:4] = b"abcd"
    assert path.read_bytes()[:4] == b"abcd"
    shutil.copytree(folder, folder + "-copy")
assert ctypes.CDLL(None).getpid() == os.getpid()
assert locale.getpreferredencoding().lower().replace("-", "") == "utf8"
assert len(secrets.token_bytes(16)) == 16 and len(str(uuid.uuid4())) == 36
assert ssl.create_default_context() is not None
assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 256
assert socket.gethostname() == "box" and platform.node() == "box"
assert os.path.expanduser("~") and os.getlogin is not None
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
from zoneinfo import ZoneInfo
moment = datetime.datetime(2023, 7, 1, 12, tzinfo=datetime.timezone.utc)
assert moment.astimezone(ZoneInfo("Asia/Tokyo")).hour == 21
print("works")
