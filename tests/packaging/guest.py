#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an operator does with packages, in a pristine Debian: install, add a language, upgrade, downgrade, remove,
purge. Begins with the server and Python installed; the packages lie in the current folder."""

import glob
import os
import pathlib
import subprocess
import sys

from daemon import Daemon
from repack import repack

CONFIG = pathlib.Path("/etc/code-executor/config.toml")
PROFILE = pathlib.Path("/etc/apparmor.d/usr.bin.code-executord")
LEFT_BY_OTHERS = ("/var/lib/dpkg/", "/var/cache/apt/", "/var/log/", "/var/lib/apt/")
PROGRAMS = {
    "python": "print(6 * 7)\n",
    "lua": "print(6 * 7)\n",
    "go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(6 * 7) }\n',
}


def say(text):
    print(f"== {text}", flush=True)


def check(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")


def package(name):
    found = glob.glob(f"./code-executor-{name}_*.deb")
    check(len(found) == 1, f"one package code-executor-{name} in {os.getcwd()}, not {found}")
    return found[0]


def apt(*arguments, expect=0):
    """apt-get, whose output is shown only when it ends otherwise than expected. Recommended packages would be
    hundreds of megabytes that say nothing about ours."""
    done = subprocess.run(["apt-get", "-q", "-y", "--no-install-recommends", *arguments], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if (done.returncode == 0) != (expect == 0):
        sys.exit(f"{done.stdout}\nFAILED: apt-get {' '.join(arguments)}: exit status {done.returncode}")
    return done.stdout


def runs(daemon, language):
    job = daemon.run(language, PROGRAMS[language])
    outputs = [run["stdout"] for run in job.get("runs", [])]
    check(outputs == ["42\n"], f"a job in {language} printed 42: {job}")


def first_server(daemon):
    say("a server with Python only")
    daemon.start()
    daemon.wait_for_languages({"python"})
    runs(daemon, "python")
    check(daemon.user() == "code-executor", f"the server runs as its own user, not {daemon.user()}")


def language_comes(daemon):
    say("Go comes to the running server")
    apt("install", package("plugin-go"))
    daemon.wait_for_languages({"python", "go"})
    runs(daemon, "go")
    runs(daemon, "python")


def upgrade_and_downgrade(daemon):
    say("a newer version of one language, beside older ones of others")
    apt("install", package("plugin-lua"))
    daemon.wait_for_languages({"python", "go", "lua"})
    old = daemon.plugin_version("lua")
    newer = repack(package("plugin-lua"), version="99.1.0")
    apt("install", newer)
    daemon.wait_for_version("lua", "99.1.0")
    check(daemon.plugin_version("python") != "99.1.0", "Python has a version of its own")
    runs(daemon, "lua")
    runs(daemon, "python")
    say("and back")
    apt("install", "--allow-downgrades", package("plugin-lua"))
    daemon.wait_for_version("lua", old)
    runs(daemon, "lua")


def next_release(tree):
    """What changes in the server's package: both files that an operator may have changed."""
    for path in (CONFIG, PROFILE):
        shipped = tree / path.relative_to("/")
        if shipped.exists():
            shipped.write_text(shipped.read_text() + "# of the next release\n")


def version_of(name):
    return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", f"code-executor-{name}"], text=True,
                          capture_output=True, check=True).stdout


def goes_on(daemon, version, job):
    """All three have that version, and what was there before still is."""
    check({version_of(name) for name in ("core", "server", "cli")} == {version}, f"all have version {version}")
    settings = CONFIG.read_text()
    check("\nttl_s = 1200\n" in settings and "next release" not in settings, "the operator's configuration is kept")
    daemon.start()
    daemon.wait_for_languages({"python", "go", "lua"})
    runs(daemon, "python")
    check(daemon.job(job)["state"] == "finished", "an older job's result is still there")
    daemon.stop()
    verified = subprocess.run(["cex", "audit", "verify", "/var/lib/code-executor/audit"], text=True,
                              capture_output=True, check=False)
    check(verified.returncode == 0, f"the audit log goes on: {verified.stdout}{verified.stderr}")


def server_upgrade_and_downgrade(daemon):
    say("a newer server, core and command line")
    names = ("core", "server", "cli")
    present = [package(name) for name in names]
    apt("install", package("cli"))
    old = version_of("server")
    job = daemon.run("python", PROGRAMS["python"])["id"]
    daemon.stop()
    CONFIG.write_text(CONFIG.read_text().replace("\n#ttl_s = 600\n", "\nttl_s = 1200\n"))
    newer = [repack(deb, version="99.0.0", change=next_release) for deb in present]
    said = apt("install", newer[names.index("server")], expect=1)
    check("code-executor-core (= 99.0.0)" in said, f"one alone is refused, with the reason: {said}")
    keep = ("-o", "Dpkg::Options::=--force-confold")
    apt("install", *keep, *newer)
    check("next release" in pathlib.Path(f"{CONFIG}.dpkg-dist").read_text(), "the new configuration lies beside it")
    check("next release" in PROFILE.read_text(), "a file that nobody changed is the new one")
    goes_on(daemon, "99.0.0", job)
    say("and back")
    apt("install", "--allow-downgrades", *keep, *present)
    check("next release" not in PROFILE.read_text(), "a file that nobody changed is the old one")
    goes_on(daemon, old, job)
    daemon.start()


def other_abi_is_refused(daemon):
    say("a plugin of another ABI is refused by apt, and the one that is there stays")
    stranger = repack(package("plugin-lua"), version="100.0.0", abi="2")
    said = apt("install", stranger, expect=1)
    check("code-executor-plugin-abi-2" in said, f"apt names what is missing: {said}")
    runs(daemon, "lua")


def language_goes(daemon):
    say("Python is removed, and goes from the running server")
    apt("remove", "code-executor-plugin-python")
    daemon.wait_for_languages({"go", "lua"})
    status, answer = daemon.submit("python", PROGRAMS["python"])
    check(400 <= status < 500, f"a job in Python is refused: {status} {answer}")
    runs(daemon, "lua")


def ours_on_disk():
    """Files of this project, by name, below the folders that packages may write to."""
    found = subprocess.run(["find", "/etc", "/var", "/usr", "/opt", "/run", "/tmp", "-xdev", "(", "-name",
                            "*code-executor*", "-o", "-name", "*code_executor*", "-o", "-name", "cex*", ")"],
                           text=True, capture_output=True, check=True).stdout.splitlines()
    return [path for path in found if not path.startswith(LEFT_BY_OTHERS)]


def processes_of_ours():
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            program = os.readlink(folder / "exe")
        except OSError:
            continue
        if "code-executor" in program or pathlib.Path(program).name.startswith("cex"):
            found.append(f"{folder.name} {program}")
    return found


def packages_in_state(state):
    listed = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", "code-executor*"],
                            text=True, capture_output=True, check=False).stdout.splitlines()
    return [line.split()[1] for line in listed if line.split()[0] == state]


def everything_goes(daemon):
    say("all is removed: what an operator wrote and what jobs left stays")
    daemon.stop()
    check(not processes_of_ours(), f"no process outlives the server: {processes_of_ours()}")
    apt("remove", *packages_in_state("installed"))
    check(os.path.exists("/etc/code-executor/config.toml"), "the configuration stays after a removal")
    check(os.path.exists("/var/lib/code-executor"), "the audit log stays after a removal")
    check(not glob.glob("/usr/lib/*/code-executor") and not os.path.exists("/usr/share/code-executor"),
          "nothing is left below /usr after a removal")
    say("all is purged")
    apt("purge", *packages_in_state("config-files"))
    check(not packages_in_state("installed") and not packages_in_state("config-files"), "dpkg knows none of ours")
    check(not ours_on_disk(), f"nothing is left after a purge, but there is: {ours_on_disk()}")


def main():
    daemon = Daemon()
    try:
        first_server(daemon)
        language_comes(daemon)
        upgrade_and_downgrade(daemon)
        server_upgrade_and_downgrade(daemon)
        other_abi_is_refused(daemon)
        language_goes(daemon)
        everything_goes(daemon)
    except BaseException:
        daemon.show_log()
        raise
    finally:
        daemon.stop()
    say("well")


if __name__ == "__main__":
    main()
