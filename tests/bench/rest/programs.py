# SPDX-License-Identifier: Apache-2.0
"""What is compared: programs, and what a person would type to run them."""

import glob
import os
import re
import shutil
import subprocess

CPP = "int main() { std::cout << \"Hello, world!\\n\"; }\n"


class Program:
    """A hello in one language. `steps`: commands for a person's shell in a folder with `file`."""

    def __init__(self, name, language, file, source, comment, probe, steps):
        self.name, self.language, self.file = name, language, file
        self.source, self.comment = source, comment
        self.probe, self.steps = probe, steps

    def fresh(self, number):
        """The same program in a text that no cache has seen."""
        return f"{self.source}{self.comment} {os.getpid()} {number}\n"


def go_steps(tool):
    return [[tool, "build", "-o", "program", "main.go"], ["./program"]]


def java_steps(tool):
    home = os.path.dirname(tool)
    return [[tool, "Main.java"], [f"{home}/java", "Main"]]


ALL = [
    Program("Python", "python", "main.py", "print('Hello, world!')\n", "#",
            ["python3", "/usr/bin/python3.*"], lambda tool: [[tool, "main.py"]]),
    Program("C", "c", "main.c", "#include <stdio.h>\nint main(void) { puts(\"Hello, world!\"); }\n",
            "//", ["gcc", "/usr/bin/gcc-*"],
            lambda tool: [[tool, "-O2", "main.c", "-o", "program"], ["./program"]]),
    Program("C++, iostream", "cpp", "main.cpp", "#include <iostream>\n" + CPP, "//",
            ["g++", "/usr/bin/g++-*"],
            lambda tool: [[tool, "-O2", "main.cpp", "-o", "program"], ["./program"]]),
    Program("C++, bits/stdc++.h", "cpp", "main.cpp", "#include <bits/stdc++.h>\n" + CPP, "//",
            ["g++", "/usr/bin/g++-*"],
            lambda tool: [[tool, "-O2", "main.cpp", "-o", "program"], ["./program"]]),
    Program("Go", "go", "main.go",
            "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"Hello, world!\")\n}\n",
            "//", ["go", "/usr/local/go/bin/go", "/usr/lib/go-*/bin/go"], go_steps),
    Program("Java", "java", "Main.java",
            "class Main {\n  public static void main(String[] args) {\n"
            "    System.out.println(\"Hello, world!\");\n  }\n}\n",
            "//", ["javac", "/usr/lib/jvm/*/bin/javac"], java_steps),
    Program("Node.js", "javascript", "main.js", "console.log('Hello, world!');\n", "//",
            ["/usr/bin/node", "node"], lambda tool: [[tool, "main.js"]]),
    Program("Ruby", "ruby", "main.rb", "puts 'Hello, world!'\n", "#",
            ["/usr/bin/ruby", "ruby"], lambda tool: [[tool, "main.rb"]]),
    Program("PHP", "php", "main.php", "<?php\necho \"Hello, world!\\n\";\n", "//",
            ["/usr/bin/php", "php"], lambda tool: [[tool, "main.php"]]),
    Program("Perl", "perl", "main.pl", "print \"Hello, world!\\n\";\n", "#",
            ["/usr/bin/perl", "perl"], lambda tool: [[tool, "main.pl"]]),
]


def tool_for(program, version):
    """The installed tool of this version, so that both sides use the same; None if there is none."""
    flag = {"go": "version"}.get(program.language, "--version")
    for pattern in program.probe:
        found = glob.glob(pattern) if "/" in pattern else [shutil.which(pattern)]
        for tool in filter(None, found):
            if not re.search(r"/(python3(\.\d+)?|gcc(-\d+)?|g\+\+(-\d+)?|go|javac|node|ruby|php|perl)$", tool):
                continue
            said = subprocess.run([tool, flag], capture_output=True, text=True, check=False)
            if version in said.stdout + said.stderr:
                return tool
    return None


def run_bare(steps, folder):
    for step in steps:
        subprocess.run(step, cwd=folder, stdout=subprocess.DEVNULL, check=True,
                       env={**os.environ, "GO111MODULE": "off"})
