#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real shells are asked what they offer, and every command and option in the help must be there:
completion_test.py CEX"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

# What a shell offers for the words $@, of which the last is the one to complete.
ASK = {
    "bash": """source "$SCRIPT"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_cex
printf '%s\\n' "${COMPREPLY[@]}"
""",
    # zsh's own functions need a terminal; these stand for them and print what they were given.
    "zsh": """compdef() { }
_describe() { print -rl -- ${${(P)4}%%:*} }
_files() { print -rl -- ${words[CURRENT]}*(N) }
_message() { }
source $SCRIPT
words=("$@") CURRENT=$#
_cex
""",
    "fish": """source $SCRIPT
complete -C (string join ' ' -- $argv)
""",
}


def offered(shell, script, *words):
    """The words that `shell` offers for the last of `words`."""
    command = {"bash": ["bash", "--norc", "-c", ASK["bash"], "bash"],
               "zsh": ["zsh", "-f", "-c", ASK["zsh"], "zsh"],
               "fish": ["fish", "--no-config", "-c", ASK["fish"]]}[shell]
    done = subprocess.run([*command, *words], env={**os.environ, "SCRIPT": script}, text=True,
                          capture_output=True, check=True)
    if done.stderr:
        sys.exit(f"FAILED: {shell} complains about {words}: {done.stderr}")
    return {line.split("\t")[0].rstrip("/") for line in done.stdout.splitlines()}


def commands(cex, *path):
    """Each command with what its help lists: (words, commands, options)."""
    text = subprocess.run([cex, *path, "--help"], text=True, capture_output=True, check=True).stdout
    _, _, below = text.partition("\nSubcommands:\n")
    children = re.findall(r"^  ([a-z]+) ", below.split("\n\n")[0], re.MULTILINE)
    _, _, below = text.partition("\nOptions:\n")
    options = []
    for names in re.findall(r"^  (-\S+)", below.split("\n\n")[0], re.MULTILINE):
        # A flag that switches something off is shown as --no-follow{false}.
        options += [name.split("{")[0] for name in names.split(",") if name.startswith("--")]
    yield path, children, options
    for child in children:
        yield from commands(cex, *path, child)


def missing(shell, script, listed):
    lacks = []
    for path, children, options in listed:
        for prefix, wanted in (("", children), ("-", options)):
            there = offered(shell, script, "cex", *path, prefix)
            lacks += [f"{shell}: {' '.join(('cex', *path, word))}" for word in wanted if word not in there]
    return lacks


def paths_are_offered(shell, script, folder):
    """Files where a file stands, for an operand and for an option's value; none where a name does."""
    with open(os.path.join(folder, "sample.py"), "w"):
        pass
    start = os.path.join(folder, "sam")
    found = os.path.join(folder, "sample.py")
    return (found in offered(shell, script, "cex", "run", start)
            and found in offered(shell, script, "cex", "doctor", "--config", start)
            and found not in offered(shell, script, "cex", "run", "--language", start))


def test_shell(shell, cex, listed, folder):
    script = os.path.join(folder, shell)
    text = subprocess.run([cex, "completion", shell], text=True, capture_output=True, check=True).stdout
    with open(script, "w") as out:
        out.write(text)
    lacks = missing(shell, script, listed)
    if lacks:
        sys.exit("FAILED: not offered: " + ", ".join(lacks))
    if not paths_are_offered(shell, script, folder):
        sys.exit(f"FAILED: {shell} offers files where none stand, or none where they do")
    # The test itself: a script that forgot a command is noticed.
    with open(script, "w") as out:
        out.write(re.sub(r"\bdoctor\b", "proctor", text))
    if not missing(shell, script, listed):
        sys.exit(f"FAILED: a forgotten command is not noticed in {shell}")


def main():
    cex = os.path.abspath(sys.argv[1])
    listed = list(commands(cex))
    if len(listed) < 15:
        sys.exit(f"FAILED: the help lists only {len(listed)} commands")
    absent = [shell for shell in ASK if not shutil.which(shell)]
    with tempfile.TemporaryDirectory() as folder:
        for shell in ASK:
            if shell not in absent:
                test_shell(shell, cex, listed, folder)
                print(f"{shell}: {len(listed)} commands")
    if absent:
        print(f"skipped: not installed: {', '.join(absent)}")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)


if __name__ == "__main__":
    main()
