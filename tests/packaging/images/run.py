#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An unpacked image as a container: run.py BUNDLE SECCOMP

As a plain user, with a read-only root, without capabilities: programs run, limits hold, data outlives the container.
Without one of the options that docs/images.md asks for, the server says so and ends."""

import copy
import json
import os
import pathlib
import sys
import tempfile

from container import USER, Container, as_documented, check, is_v2

# A box is the same whether programs waited in it or not; on an emulated machine the waiting is what takes long.
ENVIRONMENT = ["CODE_EXECUTOR_WARM_UP_MODE=off"]


def say(text):
    print(f"== {text}", flush=True)


def job(container, key, source, **more):
    return container.ask("/v1/jobs?wait=60", key, {"language": "python", "source": source, **more})


def runs_programs(container, key):
    done = job(container, key, "print(6 * 7)")
    check([run["stdout"] for run in done.get("runs", [])] == ["42\n"], f"a job printed 42: {done}")
    check(done["isolation"]["mode"] == "rootless" and not done["isolation"]["insecure"], f"isolated: {done}")
    check(done["isolation"]["cgroup"] == ("v2" if is_v2() else "v1"), f"with cgroups: {done['isolation']}")
    eater = job(container, key, "x = bytearray(10**9)\nprint(len(x))", limits={"memory_bytes": 64 << 20})
    check(eater.get("status") == "memory_limit", f"memory is limited: {eater}")
    refused = container.ask("/v1/jobs", None, {"language": "python", "source": "print(1)"})
    check(refused.get("status") == 401, f"without a key nothing runs: {refused}")


def is_confined(container):
    fields = dict(line.split(":\t", 1) for line in
                  pathlib.Path(f"/proc/{container.state()['pid']}/status").read_text().splitlines() if ":\t" in line)
    check(fields["Uid"].split() == [str(USER)] * 4, f"a plain user: {fields['Uid']}")
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        check(int(fields[name], 16) == 0, f"{name} is empty: {fields[name]}")
    check(fields["NoNewPrivs"] == "1" and fields["Seccomp"] == "2", "no new privileges, and a filter")
    mounts = pathlib.Path(f"/proc/{container.state()['pid']}/mountinfo").read_text().splitlines()
    root = next(line.split() for line in mounts if line.split()[4] == "/")
    check("ro" in root[5].split(","), f"the root is read-only: {root}")


def works(bundle, config):
    say("a key, made by the image's own cex")
    status, out, err = Container(bundle, "cex-key", config).run("cex", "key", "create", "--tenant", "test")
    key = out.strip()
    check(status == 0 and key, f"a key is made: {status} {out}{err}")
    say("a server, twice: programs run, limits hold, data outlives the container")
    for _ in range(2):
        container = Container(bundle, "cex-server", config)
        try:
            container.start()
            container.wait_until_ready()
            is_confined(container)
            runs_programs(container, key)
            inside = container.execute("cex", "key", "list", "--json")
            check(inside.returncode == 0 and len(json.loads(inside.stdout)) == 1,
                  f"a command beside the server: {inside.stdout}{inside.stderr}")
            container.stop()
        except BaseException:
            sys.stderr.write(container.log()[-4000:])
            raise
        finally:
            if container.running:
                container.end()


def refuses(bundle, config, what, change, *words):
    say(f"refused: {what}")
    spoilt = copy.deepcopy(config)
    change(spoilt)
    status, out, err = Container(bundle, "cex-refused", spoilt).run()
    check(status != 0, f"{what}: the server does not start")
    for word in words:
        check(word in out + err, f"{what}: it says {word!r}: {out}{err}")


def fails_closed(bundle, config, unpacked):
    def mask(spoilt):
        spoilt["linux"]["maskedPaths"] = unpacked["linux"]["maskedPaths"]

    def close_groups(spoilt):
        for mount in spoilt["mounts"]:
            if mount["destination"] == "/sys/fs/cgroup":
                mount["options"] = ["nosuid", "noexec", "nodev", "relatime", "ro"]

    def no_namespaces(spoilt):
        spoilt["linux"]["seccomp"]["syscalls"].append(
            {"names": ["unshare"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1})

    refuses(bundle, config, "a masked /proc", mask, "cell_proc")
    refuses(bundle, config, "cgroups that cannot be written", close_groups, "cannot be enforced")
    refuses(bundle, config, "an engine's filter without user namespaces", no_namespaces, "privileges")


def main():
    bundle, seccomp = map(pathlib.Path, sys.argv[1:3])
    unpacked = json.loads((bundle / "unpacked.json").read_text())
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as empty:
        for data in (folder, empty):
            os.chown(data, USER, USER)
        config = as_documented(unpacked, seccomp, folder, ENVIRONMENT)
        works(bundle, config)
        fails_closed(bundle, config, unpacked)
        keyless = as_documented(unpacked, seccomp, empty, ENVIRONMENT)
        refuses(bundle, keyless, "no keys", lambda spoilt: None, "there are no API keys")
    say("well")


if __name__ == "__main__":
    main()
