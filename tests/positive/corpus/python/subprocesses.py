# SPDX-License-Identifier: Apache-2.0
# about: subprocess with pipes, shells, time-outs and environments
import os, subprocess, sys

assert subprocess.run(["cat"], input=b"through", capture_output=True).stdout == b"through"
assert subprocess.check_output("echo $((6 * 7))", shell=True, text=True) == "42\n"
child = subprocess.run([sys.executable, "-c", "import sys; sys.exit(3)"])
assert child.returncode == 3
try:
    subprocess.run(["sleep", "60"], timeout=0.05)
    raise SystemExit("no time-out")
except subprocess.TimeoutExpired:
    pass
assert subprocess.check_output(["env"], env={"ONE": "1"}) == b"ONE=1\n"
assert os.cpu_count() >= 1
print("works")
