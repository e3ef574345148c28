#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/languages.md from the manifests and from what a run of the matrix wrote.

Usage: table.py OUTCOME.json [--check]      OUTCOME.json: matrix.py --write
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "languages.md"
CASES = ["hello", "echo", "exit", "error", "loop", "unicode"]
HEAD = """\
# Languages

Made by `tests/languages/table.py` from the manifests below `plugins/` and a run of `./dev test --languages`; do not edit it.

One plugin is one folder and, where it is packaged, one package. The id never changes once it was released. *Package* is what brings the
toolchain on Debian 12; where there is none, a toolchain that is installed below `/usr/local`, or below a folder that is added to
`sandbox.toolchain_roots`, is found as well. Of several toolchains the first one ran the samples. `GET /v1/languages` says what a server found.

"""


def manifests():
    for path in sorted(ROOT.glob("plugins/*/plugin.json")):
        yield path.parent, json.loads(path.read_text())


def warm_up_of(manifest, language):
    if manifest["kind"] == "native":
        return {"python": "preboot", "c": "", "cpp": "layers", "go": "layers", "java": "layers, preboot",
                "kotlin": "layers, preboot", "scala": "layers, preboot", "groovy": "layers, preboot",
                "clojure": "layers, preboot"}.get(language, "")
    declared = next(item for item in manifest["languages"] if item["id"] == language)
    text = json.dumps(declared)
    found = [word for word, key in (("layers", '"layers"'), ("preboot", '"preboot"')) if key in text]
    return ", ".join(found)


def without(folder, language):
    for path in (folder / "samples" / language / "expect.json", folder / "samples" / "expect.json"):
        if path.exists():
            return json.loads(path.read_text()).get("without", {})
    return {}


def row(folder, manifest, language, outcome):
    lists = [path for path in (folder / f"packages.{language}.debian", folder / "packages.debian") if path.exists()]
    names = " ".join(f"`{name}`" for path in lists for name in path.read_text().split()) or "none"
    options = ", ".join(f"`{item['id']}`" for item in outcome["options"])
    toolchain = ", ".join(item["toolchain"] for item in outcome["versions"])
    if outcome["state"] == "passed":
        passed = [case for case in CASES if outcome["cases"].get(case) == "ok"]
        missing = [f"no {case}: {why}" for case, why in without(folder, language).items()]
        result = "passes" if len(passed) == len(CASES) else f"passes {len(passed)} of 6 ({'; '.join(missing)})"
    else:
        result = {"absent": "declared; not run, no toolchain here"}.get(outcome["state"], outcome["state"])
    return f"| {outcome['name']} | `{language}` | {toolchain} | {names} | {options} | {warm_up_of(manifest, language)} | {result} |"


def page(outcomes):
    rows = []
    for folder, manifest in manifests():
        for item in manifest["languages"]:
            language = item["id"] if isinstance(item, dict) else item
            rows.append(row(folder, manifest, language, outcomes[language]))
    passed = sum(outcome["state"] == "passed" for outcome in outcomes.values())
    lines = [HEAD + f"{len(rows)} languages, {passed} of them run by the matrix: hello, input, exit status, an error with its line, an endless "
             "loop, Unicode.\n",
             "| language | id | tested with | package | options | warm-up | matrix |",
             "| --- | --- | --- | --- | --- | --- | --- |", *sorted(rows, key=str.lower)]
    return "\n".join(lines) + "\n"


def main():
    text = page(json.loads(pathlib.Path(sys.argv[1]).read_text()))
    if "--check" in sys.argv[2:]:
        sys.exit(0 if PAGE.read_text() == text else f"{PAGE} is not what {sys.argv[1]} makes of it")
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
