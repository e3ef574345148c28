#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one small program of each language through the REST API and prints a table.

Usage: demo.py [URL]        (default http://127.0.0.1:8080)
Exit status: 0 if every program gave what it should.
"""

import json
import sys
import time
import urllib.error
import urllib.request

INPUT = "3 4 5\n"
EXPECTED = "sum of squares: 50\n"

PROGRAMS = {
    "python": """\
numbers = [int(word) for word in input().split()]
print("sum of squares:", sum(n * n for n in numbers))
""",
    "c": """\
#include <stdio.h>
int main(void) {
  int number = 0, sum = 0;
  while (scanf("%d", &number) == 1) sum += number * number;
  printf("sum of squares: %d\\n", sum);
}
""",
    "cpp": """\
#include <iostream>
#include <iterator>
#include <numeric>
int main() {
  std::istream_iterator<int> first{std::cin}, last;
  const int sum = std::accumulate(first, last, 0, [](int s, int n) { return s + n * n; });
  std::cout << "sum of squares: " << sum << '\\n';
}
""",
    "go": """\
package main

import "fmt"

func main() {
	sum := 0
	for {
		var number int
		if _, err := fmt.Scan(&number); err != nil {
			break
		}
		sum += number * number
	}
	fmt.Println("sum of squares:", sum)
}
""",
    "java": """\
import java.util.Scanner;

public class Main {
  public static void main(String[] args) {
    int sum = 0;
    for (Scanner in = new Scanner(System.in); in.hasNextInt();) {
      int number = in.nextInt();
      sum += number * number;
    }
    System.out.println("sum of squares: " + sum);
  }
}
""",
}


def ask(url, body=None):
    """One request; returns the JSON of the answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=90) as response:
        return json.load(response)


def run(url, language, source):
    """Returns the finished job object, or a stand-in for one that says what went wrong."""
    body = {"language": language, "source": source, "stdin": INPUT,
            # A first Go build compiles the standard library, which takes a while on a small machine.
            "compile": {"limits": {"wall_ms": 120_000, "cpu_ms": 120_000}}}
    try:
        job = ask(url + "/v1/jobs?wait=60", body)
        while job["state"] not in ("finished", "cancelled"):
            time.sleep(0.5)
            job = ask(url + "/v1/jobs/" + job["id"])
        return job
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        return {"status": problem.get("code"), "message": problem.get("detail")}
    except OSError as error:
        return {"status": "no answer", "message": str(error)}


def milliseconds(step):
    return "-" if not step else f"{step['wall_ms']:.1f}"


def main():
    url = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8080"
    print(f"{'language':<10} {'version':<10} {'status':<16} {'compile ms':>10} {'run ms':>8}")
    good = True
    for language, source in PROGRAMS.items():
        job = run(url, language, source)
        ran = (job.get("runs") or [None])[0]
        right = job.get("status") == "ok" and ran is not None and ran["stdout"] == EXPECTED
        status = job.get("status") or job.get("state")
        if status == "ok" and not right:
            status = "wrong output"
        version = (job.get("language") or {}).get("version") or "-"
        print(f"{language:<10} {version:<10} {status:<16} "
              f"{milliseconds(job.get('compile')):>10} {milliseconds(ran):>8}", flush=True)
        if not right:
            good = False
            compiled = job.get("compile") or {}
            for text in (job.get("message"), compiled.get("stderr"), (ran or {}).get("stderr")):
                if text:
                    print("    " + text.strip().replace("\n", "\n    "))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
