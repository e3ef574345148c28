# SPDX-License-Identifier: Apache-2.0
"""The jobs of a soak: good ones, whose only right answer is known, and hostile ones, of which it is
known how they may end. Each is made anew with a word of its own, so that answers cannot be mixed up."""

import hashlib

MIB = 1 << 20
# A loaded machine is slow, and a good job must not be blamed for that.
PATIENCE = {"wall_ms": 600_000, "cpu_ms": 60_000}
COMPILE_PATIENCE = {"wall_ms": 900_000, "cpu_ms": 120_000}
# Hostile ones need not run for long to do their worst.
BRIEF = {"wall_ms": 3_000, "cpu_ms": 1_000, "memory_bytes": 64 * MIB, "processes": 32,
         "disk_bytes": 8 * MIB, "file_size_bytes": 8 * MIB, "output_bytes": MIB}


class Job:
    """A request, and what its result must be. `expected` is None where output does not matter."""

    def __init__(self, name, request, statuses, expected=None):
        self.name, self.request, self.statuses, self.expected = name, request, statuses, expected
        self.good = statuses == {"ok"} and expected is not None

    def complaint(self, view):
        """What is wrong with this finished job, or None."""
        if view["status"] not in self.statuses:
            return f"status {view['status']} instead of {' or '.join(sorted(self.statuses))}"
        if self.expected is not None and view["runs"][-1]["stdout"] != self.expected:
            return f"output {view['runs'][-1]['stdout'][:200]!r} instead of {self.expected[:200]!r}"
        return None


PYTHON_HASH = """\
import hashlib, sys, threading
words = sys.stdin.read().split()
parts = [None] * 4
def work(i): parts[i] = hashlib.sha256((sys.argv[1] + words[i]).encode()).hexdigest()
threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
open('result.txt', 'w').write(parts[3])
print('\\n'.join(parts))
"""

PYTHON_SERVER = """\
import socket, subprocess, sys, threading
listener = socket.create_server(('127.0.0.1', 0))
def serve():
    peer, _ = listener.accept()
    peer.sendall(sys.argv[1].encode()[::-1]); peer.close()
threading.Thread(target=serve).start()
with socket.create_connection(listener.getsockname()) as s:
    print(s.makefile().read())
print(subprocess.run(['sh', '-c', 'echo $0', sys.argv[1]], capture_output=True, text=True).stdout.strip())
"""

C_SUM = """\
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
  long long sum = 0, n;
  while (scanf("%lld", &n) == 1) sum += n;
  printf("%s %lld\\n", argc > 1 ? argv[1] : "", sum);
}
"""

CPP_SORT = """\
#include <algorithm>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>
int main(int, char** argv) {
  std::vector<long> v{std::istream_iterator<long>{std::cin}, {}};
  std::sort(v.begin(), v.end());
  std::cout << argv[1];
  for (long n : v) std::cout << ' ' << n;
  std::cout << '\\n';
}
"""

GO_SUM = """\
package main

import (
	"fmt"
	"os"
)

func main() {
	sum := make(chan int)
	for i := 1; i <= 100; i++ {
		go func(n int) { sum <- n * n }(i)
	}
	total := 0
	for i := 0; i < 100; i++ {
		total += <-sum
	}
	fmt.Println(os.Args[1], total)
}
"""

JAVA_SUM = """\
import java.util.stream.*;

public class Main {
  public static void main(String[] args) {
    System.out.println(args[0] + " " + LongStream.rangeClosed(1, 100000).parallel().sum());
  }
}
"""


def good(language, rng, word):
    """A job that every correct server answers with `ok` and this very output."""
    numbers = [rng.randrange(-10**6, 10**6) for _ in range(rng.randrange(1, 200))]
    listed = " ".join(map(str, numbers))
    base = {"language": language, "args": [word], "limits": dict(PATIENCE),
            "compile": {"limits": dict(COMPILE_PATIENCE)}}
    if language == "python" and rng.random() < 0.3:
        return Job("python server", {**base, "source": PYTHON_SERVER}, {"ok"},
                   f"{word[::-1]}\n{word}\n")
    if language == "python":
        words = [str(rng.random()) for _ in range(4)]
        hashes = [hashlib.sha256((word + w).encode()).hexdigest() for w in words]
        return Job("python threads", {**base, "source": PYTHON_HASH, "stdin": " ".join(words),
                                      "artifacts": ["*.txt"]}, {"ok"}, "\n".join(hashes) + "\n")
    if language == "c":
        tests = [{"stdin": listed, "args": [word], "expected_stdout": f"{word} {sum(numbers)}\n"},
                 {"stdin": "1 2", "args": [word], "expected_stdout": f"{word} 3\n", "compare": "exact"}]
        return Job("c tests", {**base, "source": C_SUM, "tests": tests}, {"ok"}, f"{word} 3\n")
    if language == "cpp":
        ordered = " ".join(map(str, sorted(numbers)))
        return Job("cpp sort", {**base, "source": CPP_SORT, "stdin": listed}, {"ok"},
                   f"{word} {ordered}\n")
    if language == "go":
        return Job("go goroutines", {**base, "source": GO_SUM}, {"ok"}, f"{word} 338350\n")
    return Job("java streams", {**base, "source": JAVA_SUM}, {"ok"}, f"{word} 5000050000\n")


STOPPED = {"runtime_error", "time_limit", "memory_limit", "process_limit", "disk_limit", "output_limit"}
ANY_END = STOPPED | {"ok"}

# name: how it may end, Python source. Every process of theirs carries the job's word as an argument.
HOSTILE = {
    "spins": ({"time_limit"}, "while True: pass"),
    "sleeps": ({"time_limit"}, "import time; time.sleep(1e6)"),
    "eats memory": ({"memory_limit", "runtime_error"}, "x = []\nwhile True: x.append(bytearray(1 << 20))"),
    "floods stdout": ({"output_limit"}, "import os\nwhile True: os.write(1, b'x' * 65536)"),
    "floods stderr": ({"output_limit"}, "import os\nwhile True: os.write(2, b'\\xff\\0' * 32768)"),
    "fork bomb": (ANY_END, "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass"),
    "thread bomb": (ANY_END, "import threading, time\nwhile True:\n"
                    "  try: threading.Thread(target=time.sleep, args=(1e6,)).start()\n"
                    "  except RuntimeError: pass"),
    "fills the disk": (ANY_END, "f = open('f', 'wb')\nwhile True: f.write(b'x' * 65536)"),
    "fills the disk with names": (ANY_END, "i = 0\nwhile True:\n  open('n%d' % i, 'w').close(); i += 1"),
    "makes a deep tree": (ANY_END, "import os\nwhile True: os.mkdir('d'); os.chdir('d')"),
    "leaves daemons": (ANY_END, "import os, time\nfor _ in range(10):\n  if os.fork() == 0:\n"
                       "    os.setsid()\n    if os.fork(): os._exit(0)\n    time.sleep(1e6)\n"),
    "ignores signals": ({"time_limit"}, "import signal\nfor n in range(1, 64):\n"
                        "  try: signal.signal(n, signal.SIG_IGN)\n  except (OSError, ValueError): pass\n"
                        "while True: pass"),
    "kills everybody": (ANY_END, "import os, signal\nos.kill(-1, signal.SIGKILL)"),
    "kills itself": ({"runtime_error"}, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    "stops itself": ({"time_limit"}, "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    "claims a verdict": ({"runtime_error"}, "import sys\nprint('{\"status\":\"ok\"}'); sys.exit(137)"),
    "closes everything": (ANY_END, "import os, time\nos.closerange(0, 1024)\ntime.sleep(1e6)"),
    "maps shared memory": (ANY_END, "import mmap\nx = []\nwhile True: m = mmap.mmap(-1, 1 << 22); "
                           "m.write(b'x' * (1 << 22)); x.append(m)"),
    "fills shm and tmp": (ANY_END, "import os\nfor d in ('/dev/shm', '/tmp'):\n  try:\n"
                          "    with open(d + '/' + __import__('sys').argv[1], 'wb') as f:\n"
                          "      while True: f.write(b'x' * 65536)\n  except OSError: pass"),
    "opens sockets": (ANY_END, "import socket\nx = []\nwhile True:\n  try: x.append(socket.socketpair())\n"
                      "  except OSError: break\n[a.setblocking(False) for a, b in x]\n"
                      "for a, b in x:\n  try:\n    while True: a.send(b'x' * 65536)\n"
                      "  except OSError: pass"),
    "looks around": (ANY_END, "import os\nfor r, d, f in os.walk('/proc'):\n  for n in f:\n"
                     "    try: open(r + '/' + n, 'rb').read(4096)\n    except OSError: pass"),
    "holds its output": (ANY_END, "import os, time\nif os.fork() == 0: time.sleep(1e6)\nprint('gone')"),
    "links outputs out": ({"ok"}, "import os\nos.symlink('/etc/shadow', 'a.txt'); os.mkfifo('b.txt')\n"
                          "os.symlink('/', 'c')"),
    "recurses": (ANY_END, "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()"),
    "has many outputs": (ANY_END, "import os\nfor i in range(3000): open('%d.txt' % i, 'w').write('x')"),
}

COMPILER = {
    "eats the compiler's memory": ("cpp", "template<int n> struct A { A<n+1>* p; A<n+1> q; };\nA<0> a;\n"
                                   "int main(){}", {"compile_error", "memory_limit", "time_limit"}),
    "includes a device": ("c", "#include \"/dev/zero\"\nint main(){}",
                          {"compile_error", "memory_limit", "time_limit", "output_limit"}),
    "makes the compiler talk": ("c", "int main(){" + "x;" * 20000 + "}",
                                {"compile_error", "output_limit", "time_limit"}),
}


def hostile(languages, rng, word):
    """A job that tries to do harm, and the ways in which that may end."""
    compilers = [n for n, (language, _, _) in COMPILER.items() if language in languages]
    name = rng.choice(sorted(HOSTILE) + compilers)
    if name in COMPILER:
        language, source, statuses = COMPILER[name]
        limits = {"wall_ms": 10_000, "cpu_ms": 5_000, "memory_bytes": 256 * MIB}
        return Job(name, {"language": language, "source": source, "args": [word],
                          "compile": {"limits": limits}}, statuses)
    statuses, source = HOSTILE[name]
    return Job(name, {"language": "python", "source": source + "\n", "args": [word],
                      "stdin": "x" * rng.choice((0, 0, 300_000)), "limits": dict(BRIEF),
                      "artifacts": ["**"] if rng.random() < 0.3 or "outputs" in name else []}, statuses)


def pick(languages, rng, word):
    """The next job: two of three are good. Go is rare, as it compiles its library each time."""
    if rng.random() < 0.35:
        return hostile(languages, rng, word)
    weights = {"python": 8, "c": 6, "cpp": 3, "java": 2, "go": 0.3}
    known = [language for language in languages if language in weights]
    return good(rng.choices(known, [weights[k] for k in known])[0], rng, word)
