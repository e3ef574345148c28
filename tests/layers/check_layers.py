#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every #include against the table of docs/architecture.md.

Usage: check_layers.py ROOT        exit status 1 and one line a breach if there is any
       check_layers.py --self-test proves that breaches are found
"""

import pathlib
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# Who may include whom. An entry is a folder, or one header of it. A module may always include itself.
MODULES = {
    "core/base": [],
    "core/model": ["core/base"],
    "core/langspec": ["core/base", "core/model"],
    "core/config": ["core/base", "core/model"],
    # A program of its own, small on purpose; the loader shares what both ends speak.
    "core/plugin_host": ["core/base"],
    "core/plugins": ["core/base", "core/model", "core/config", "core/langspec",
                     "core/plugin_host/frames.hpp", "core/plugin_host/packing.hpp",
                     "core/plugin_host/wire.hpp"],
    "core/policy": ["core/base", "core/model", "core/config", "core/langspec"],
    "core/launcher": [],
    "core/sandbox": ["core/base", "core/model", "core/launcher/wire.hpp"],
    "core/supervise": ["core/base", "core/model", "core/sandbox", "core/launcher/wire.hpp"],
    "core/warm": ["core/base", "core/model", "core/config", "core/sandbox"],
    "core/cache": ["core/base", "core/model", "core/config"],
    "core/audit": ["core/base", "core/model", "core/config"],
    "core/network": ["core/base", "core/model"],
    "core/outbound": ["core/base", "core/model"],
    "core/telemetry": ["core/base", "core/model", "core/outbound"],
    "core/metrics": ["core/base", "core/model"],
    "core/access": ["core/base", "core/model"],
    "core/storage": ["core/base", "core/model", "core/config"],
    "core/cluster": ["core/base", "core/model", "core/config", "core/langspec", "core/storage/archive.hpp",
                     "core/storage/cbor_shape.hpp", "core/storage/job_codec.hpp"],
    "core/engine": ["core/base", "core/model", "core/config", "core/langspec", "core/plugins",
                    "core/policy", "core/sandbox", "core/supervise", "core/warm", "core/cache",
                    "core/audit", "core/network", "core/storage", "core/cluster", "core/metrics",
                    "core/telemetry", "core/launcher/wire.hpp"],
    "server": ["core/base", "core/model", "core/config", "core/access", "core/metrics",
               "core/outbound", "core/telemetry", "core/network/address_table.hpp", "core/network/look_up.hpp",
               "core/engine/service.hpp", "core/engine/build_engine.hpp"],
    "cli": ["core/base", "core/model", "core/config", "core/access", "core/engine/service.hpp",
            "core/engine/build_engine.hpp", "core/audit/verify.hpp", "core/audit/reader.hpp",
            "core/plugins/registry.hpp", "core/plugins/declarative_language.hpp", "server/dto"],
    "plugins": [],
}

# Which of our files may name a third-party header: patterns for pathlib's match().
LIBRARIES = [
    ("tl/", ["*"]),
    ("nlohmann/json_fwd.hpp", ["core/**/*", "server/**/*", "cli/**/*"]),
    # One header of the plugin loader hands parsed JSON between two of its own files.
    ("nlohmann/", ["core/**/*.cpp", "server/**/*.cpp", "cli/**/*.cpp", "core/plugins/json_reader.hpp",
                   # Values of one command's own files, made of JSON.
                   "cli/remote/batch_item.hpp", "cli/remote/top_sample.hpp",
                   # One description of each stored type serves both ways, so it is a template.
                   "core/storage/archive.hpp"]),
    ("spdlog/", ["core/base/log.cpp"]),
    ("fmt/", ["core/base/log.cpp"]),
    ("openssl/", ["core/base/*.cpp", "core/audit/head.cpp", "server/http/tls.cpp",
                  "server/tokens/jwk.cpp"]),
    ("prometheus/", ["core/metrics/metrics.cpp"]),
    ("curl/", ["core/outbound/http_client.cpp"]),
    ("sqlite3.h", ["core/storage/sqlite.cpp"]),
    ("hiredis/", ["core/cluster/redis_connection.cpp"]),
    ("ares.h", ["core/network/names.cpp"]),
    ("seccomp.h", ["core/sandbox/seccomp.cpp", "core/sandbox/seccomp_test.cpp"]),
    ("boost/", ["core/plugins/native_library.cpp"]),
    ("toml++/", ["core/config/toml_file.cpp"]),
    ("CLI/", ["cli/command_tree.cpp", "cli/declarations.cpp", "cli/options.cpp", "server/options.cpp"]),
    ("Poco/", ["server/**/*", "cli/remote/http_client.cpp"]),
    ("cex/testkit/", ["cli/plugin_commands.cpp"]),
    ("cex/", ["core/plugins/abi_*", "core/plugins/native_library.*", "core/plugins/isolated_plugin.cpp",
              "core/plugin_host/*", "plugins/**/*"]),
    ("gtest/", ["**/*_test.cpp", "**/*_fixture.*"]),
    ("gmock/", ["**/*_test.cpp", "**/*_fixture.*"]),
    # It overflows the stack on one long line, and lines come from users.
    ("regex", []),
]


def module_of(path):
    parts = path.split("/")
    name = "/".join(parts[:2]) if parts[0] == "core" else parts[0]
    return name if name in MODULES else None


def sources(root):
    for top in ("core", "server", "cli", "plugins"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".cpp", ".hpp", ".h", ".c") and "generated" not in path.parts:
                yield path.relative_to(root).as_posix()


def matches(path, patterns):
    pure = pathlib.PurePosixPath(path)
    for pattern in patterns:
        # match() knows no "**" before Python 3.13: "a/**/*.cpp" means any depth below a.
        head, star, tail = pattern.partition("**/")
        if not star and pure.match(pattern):
            return True
        if star and path.startswith(head) and pathlib.PurePosixPath(pure.name).match(tail):
            return True
    return False


def check_own(path, target):
    mine = module_of(path)
    theirs = module_of(target)
    if theirs is None or theirs == mine:
        return None
    allowed = MODULES[mine]
    if any(target == entry or target.startswith(entry + "/") for entry in allowed):
        return None
    return f"{path}: includes {target}, which {mine} must not know"


def check_library(path, header):
    for prefix, patterns in LIBRARIES:
        if header == prefix or (prefix.endswith("/") and header.startswith(prefix)):
            if matches(path, patterns):
                return None
            return f"{path}: includes <{header}>, which is allowed only in {patterns or 'no file'}"
    return None


def find_cycle(graph):
    """One cycle as a list of nodes, or None."""
    state, stack = {}, []

    def visit(node):
        state[node] = "open"
        stack.append(node)
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                return stack[stack.index(target):] + [target]
            if target not in state:
                cycle = visit(target)
                if cycle:
                    return cycle
        stack.pop()
        state[node] = "done"
        return None

    for node in graph:
        if node not in state:
            cycle = visit(node)
            if cycle:
                return cycle
    return None


def check(root):
    breaches, graph, count = [], {}, 0
    for path in sources(root):
        count += 1
        if module_of(path) is None:
            breaches.append(f"{path}: lies in no module of the table")
            continue
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        for quote, header in INCLUDE.findall(text):
            own = quote == '"' and (header.split("/")[0] in ("core", "server", "cli", "plugins"))
            found = check_own(path, header) if own else check_library(path, header)
            if found:
                breaches.append(found)
            if own:
                graph.setdefault(path, []).append(header)
    cycle = find_cycle(graph)
    if cycle:
        breaches.append("cycle: " + " -> ".join(cycle))
    return breaches, count


def self_test():
    """A tree with one breach of each kind; each must be found, and nothing else."""
    cases = {
        "core/base/a.hpp": '#include "core/model/x.hpp"\n',
        "core/sandbox/b.cpp": '#include "core/launcher/wire.hpp"\n#include "core/launcher/slot.hpp"\n',
        "core/engine/c.hpp": "#include <nlohmann/json.hpp>\n",
        "core/policy/d.cpp": "#include <regex>\n#include <string>\n",
        "server/e.cpp": '#include "core/engine/service.hpp"\n#include "core/engine/engine.hpp"\n',
        "core/model/f.hpp": '#include "core/model/g.hpp"\n',
        "core/model/g.hpp": '#include "core/model/f.hpp"\n',
        "core/unknown/h.hpp": "",
        "plugins/go/i.cpp": '#include <cex/plugin.hpp>\n#include "core/base/text.hpp"\n',
    }
    expected = ["a.hpp: includes core/model", "slot.hpp", "c.hpp: includes <nlohmann", "<regex>",
                "engine.hpp, which server", "cycle: core/model", "h.hpp: lies in no module",
                "i.cpp: includes core/base"]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in cases.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        for top in ("cli",):
            (root / top).mkdir()
        breaches, _ = check(root)
    missing = [text for text in expected if not any(text in breach for breach in breaches)]
    if missing or len(breaches) != len(expected):
        print("\n".join(breaches))
        print(f"self-test failed; not found: {missing}")
        return 1
    print(f"self-test: all {len(expected)} breaches found")
    return 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    breaches, count = check(pathlib.Path(sys.argv[1]))
    for breach in breaches:
        print(breach)
    print(f"{count} files, {len(breaches)} breaches")
    return 1 if breaches or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
