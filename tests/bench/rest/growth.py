# SPDX-License-Identifier: Apache-2.0
"""How the cost of a job grows with what it is given, and how many go through in a second."""

import concurrent.futures
import os
import subprocess
import sys
import tempfile
import time

import programs

# For 100 000 waiting jobs and answers of 64 MiB.
SETTINGS = {"CODE_EXECUTOR_QUEUE_MAX_JOBS": "200000", "CODE_EXECUTOR_RESULTS_MAX_JOBS": "300000",
            "CODE_EXECUTOR_RESULTS_MAX_BYTES": "2 GiB", "CODE_EXECUTOR_QUEUE_MAX_BYTES": "1 GiB",
            "CODE_EXECUTOR_LIMITS_RUN_MAX_OUTPUT_BYTES": "64 MiB",
            "CODE_EXECUTOR_SERVER_MAX_CONNECTIONS_PER_ADDRESS": "256"}
HELLO = {"language": "python", "source": "print('Hello, world!')\n"}


def good(result):
    if result.get("status") != "ok":
        sys.exit(f"unexpected answer: {str(result)[:500]}")
    return result


def median_of(host, job, rounds):
    times = sorted(good_time(host, job) for _ in range(rounds))
    return times[len(times) // 2]


def good_time(host, job):
    result, took = host.run(job)
    good(result)
    return took


def series(title, unit, points):
    print(title)
    rows = []
    for size, milliseconds in points:
        print(f"  {size:>9} {unit:<12} {milliseconds:10.2f} ms", flush=True)
        rows.append({"size": size, "ms": round(milliseconds, 3)})
    return {"title": title, "unit": unit, "points": rows}


TESTED = "#include <cstdio>\nint main() { int n; std::scanf(\"%d\", &n); std::printf(\"%d\", n); }\n"


def bare_tests(count):
    """The same by hand: compiled once, then run again and again, on all CPUs."""
    with tempfile.TemporaryDirectory(prefix="cex-bench-") as folder:
        with open(f"{folder}/main.cpp", "w", encoding="ascii") as file:
            file.write(TESTED)
        began = time.perf_counter()
        subprocess.run(["g++", "-O2", "main.cpp", "-o", "main"], cwd=folder, check=True)
        compiled = time.perf_counter()
        for number in range(count):
            subprocess.run(["./main"], cwd=folder, input=str(number), text=True, check=True,
                           stdout=subprocess.DEVNULL)
        runs = time.perf_counter() - compiled
        row = {"tests": count, "compile_ms": round((compiled - began) * 1000, 1),
               "runs_ms": round(runs * 1000, 1),
               "compile_and_runs_by_cpus_ms":
                   round(((compiled - began) + runs / os.cpu_count()) * 1000, 1)}
    print(f"bare: {row}")
    return row


def tests(host):
    for count in (1, 10, 100, 1000):
        job = {"language": "cpp", "source": TESTED,
               "tests": [{"stdin": str(i), "expected_stdout": str(i)} for i in range(count)]}
        yield count, median_of(host, job, 3) * 1000


def outputs(host):
    for size in (1, 1 << 10, 1 << 20, 16 << 20, 64 << 20):
        job = {"language": "python", "args": [str(size)],
               "source": "import sys\nsys.stdout.write('x' * int(sys.argv[1]))\n",
               "limits": {"output_bytes": size, "memory_bytes": 512 << 20}}
        yield size, median_of(host, job, 3) * 1000


def files(host):
    for count in (1, 10, 100, 1000):
        job = {"language": "python",
               "files": [{"path": "main.py", "content": "print(1)\n"}] +
                        [{"path": f"data/{i}.txt", "content": "x" * 100} for i in range(count - 1)]}
        yield count, median_of(host, job, 5) * 1000


def waiting(host):
    """What one submission costs while so many others wait."""
    import http.client  # a connection that stays, unlike those of a whole round trip
    import json
    sleeper = json.dumps({"language": "python", "source": "import time\ntime.sleep(50)\n"})
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=600)

    def submit():
        connection.request("POST", "/v1/jobs", sleeper, {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())["id"]

    ids = []
    try:
        for count in (1, 100, 1000, 10000, 100000):
            while len(ids) < count:
                ids.append(submit())
            started = time.perf_counter()
            for _ in range(50):
                ids.append(submit())
            yield count, (time.perf_counter() - started) / 50 * 1000
    finally:
        # Those that have waited longest last: whatever runs would be replaced by the next.
        for one in reversed(ids):
            connection.request("DELETE", f"/v1/jobs/{one}")
            connection.getresponse().read()
        connection.close()


def throughput(host):
    print("jobs a second, Python hello")
    rows = []
    for clients in (1, 2, 4, 16):
        count = 100 * clients
        before, started = host.cpu_seconds(), time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(clients) as pool:
            for result, _ in pool.map(lambda _: host.run(HELLO), range(count)):
                good(result)
        seconds = time.perf_counter() - started
        row = {"clients": clients, "jobs_per_second": round(count / seconds, 1),
               "server_cpu_ms_per_job": round((host.cpu_seconds() - before) / count * 1000, 3)}
        print(f"  {clients:>3} clients {row['jobs_per_second']:10.1f} "
              f"(server's own CPU {row['server_cpu_ms_per_job']:.2f} ms a job)", flush=True)
        rows.append(row)
    host.wait_for_rest()
    version = host.get("/v1/languages/python")["versions"][0]["version"]
    python = programs.tool_for(programs.ALL[0], version)
    with tempfile.NamedTemporaryFile("w", suffix=".py") as hello:
        hello.write(HELLO["source"])
        hello.flush()
        started = time.perf_counter()
        # Each gets its number as an argument and does not look at it.
        subprocess.run(["xargs", "-P2", "-n1", python, hello.name],
                       input="\n".join(map(str, range(400))), text=True,
                       stdout=subprocess.DEVNULL, check=True)
        bare = 400 / (time.perf_counter() - started)
    print(f"  bare, xargs -P2 {bare:10.1f}")
    return {"rows": rows, "bare_xargs_p2": round(bare, 1)}


def measure(host):
    return {"throughput": throughput(host),
            "bare_tests": bare_tests(100),
            "series": [series("tests of one job (C++)", "tests", tests(host)),
                       series("output of one job", "bytes", outputs(host)),
                       series("files of one job", "files", files(host)),
                       series("a submission beside waiting jobs", "waiting", waiting(host))]}
