// SPDX-License-Identifier: Apache-2.0

// Fills the layer of one Go tool chain, in its box, by what that tool chain itself says:
//
//	cache/         a build cache that has the standard library
//	compile.args   arguments of the compiler, one a line, as `go build` gives them
//	compile.cfg    which packages programs may import, and where in cache/ they lie
//	link.args      the same for the linker, which also finds internal and vendored packages
//	link.cfg
//
// The last four are there only if a program that was made with them is, byte for byte, the one
// that `go build` makes; the cache is good without them. Paths in them are relative to the layer.
//
// Usage: layer BUILD... -- [DIRECT...]
// Both are commands that make ./program of the package in the current folder: `go build -x`, and
// the compiler and the linker called directly with the layer in the current folder.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

const program = "program"

var direct = []string{"compile.args", "compile.cfg", "link.args", "link.cfg"}

func main() {
	// This tool had to be built where programs may run; the build that it watches is a job's.
	os.Unsetenv("GOTMPDIR")
	if err := fill(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "layer:", err)
		os.Exit(1)
	}
}

func fill(args []string) error {
	build, check, err := commands(args)
	if err != nil {
		return err
	}
	packages, err := compileLibrary(build[0])
	if err != nil {
		return err
	}
	if err := writeDirect(packages, build, check); err != nil {
		fmt.Fprintln(os.Stderr, "layer: all programs are for go build:", err)
		for _, name := range direct {
			os.Remove(name)
		}
	}
	return keepFolders("cache")
}

func commands(args []string) (build, check []string, err error) {
	for i, arg := range args {
		if arg == "--" && i > 0 {
			return args[:i], args[i+1:], nil
		}
	}
	return nil, nil, fmt.Errorf("usage: layer BUILD... -- [DIRECT...]")
}

// run answers what the command said to stdout and to stderr.
func run(command []string) (out, said []byte, err error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, nil, fmt.Errorf("%s: %v: %s", strings.Join(command, " "), err, stderr.Bytes())
	}
	return stdout.Bytes(), stderr.Bytes(), nil
}

// library tells where the archives of the standard library's packages lie.
type library struct {
	paths []string
	files map[string]string
}

// compileLibrary fills the cache.
func compileLibrary(tool string) (library, error) {
	found := library{files: map[string]string{}}
	format := "{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}"
	list, _, err := run([]string{tool, "list", "-export", "-trimpath", "-f", format, "std"})
	if err != nil {
		return found, err
	}
	here, err := os.Getwd()
	if err != nil {
		return found, err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		at := strings.Index(line, " ")
		if at < 0 {
			return found, fmt.Errorf("go list said %q", line)
		}
		file, err := filepath.Rel(here, line[at+1:])
		if err != nil {
			return found, err
		}
		found.paths = append(found.paths, line[:at])
		found.files[line[:at]] = file
	}
	return found, nil
}

// config answers a list of packages as the compiler and the linker read it.
func (l library) config(wanted func(path string) bool) string {
	var text strings.Builder
	for _, path := range l.paths {
		if wanted(path) {
			fmt.Fprintf(&text, "packagefile %s=%s\n", path, l.files[path])
		}
	}
	return text.String()
}

// isPublic tells what `go build` lets a user's package import.
func isPublic(path string) bool {
	for i, part := range strings.Split(path, "/") {
		if part == "internal" || i == 0 && (part == "vendor" || part == "cmd") {
			return false
		}
	}
	return true
}

// writeDirect writes what a direct call needs, and proves that it is right.
func writeDirect(packages library, build, check []string) error {
	if len(check) == 0 {
		return fmt.Errorf("there is no way to call the compiler directly")
	}
	_, log, err := run(build)
	if err != nil {
		return err
	}
	made, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if err := os.Remove(program); err != nil {
		return err
	}
	said, err := read(log)
	if err != nil {
		return err
	}
	all := func(string) bool { return true }
	texts := []string{said.compile, packages.config(isPublic), said.link,
		packages.config(all) + said.info}
	for i, name := range direct {
		if err := os.WriteFile(name, []byte(texts[i]), 0644); err != nil {
			return err
		}
	}
	if _, _, err := run(check); err != nil {
		return err
	}
	same, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if !bytes.Equal(same, said.asLinked(made)) {
		return fmt.Errorf("the program is not the one that go build makes")
	}
	return os.Remove(program)
}

// script is what `go build -x` says about the user's package.
type script struct {
	compile, link string // arguments, one a line
	info          string // the line of link.cfg that runtime/debug.ReadBuildInfo will read
	id            string // the build id that the linker was given
}

func read(log []byte) (*script, error) {
	var found script
	for _, line := range strings.Split(string(log), "\n") {
		var args []string
		var err error
		switch {
		case strings.HasPrefix(line, "modinfo "):
			found.info = line + "\n"
		case strings.Contains(line, "/compile ") && strings.Contains(line, " -p main "):
			if args, err = words(line, "/compile"); err == nil {
				found.compile, err = lines(compilerArguments(args))
			}
		case strings.Contains(line, "/link -o "):
			if args, err = words(line, "/link"); err == nil {
				found.link, err = lines(found.linkerArguments(args))
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%v in %q", err, line)
		}
	}
	if found.compile == "" || found.link == "" {
		return nil, fmt.Errorf("go build -x shows no call of the compiler and the linker")
	}
	return &found, nil
}

// words splits a line of `go build -x` and answers what follows the tool. A word with odd
// characters is quoted as in Go.
func words(line, tool string) ([]string, error) {
	var all []string
	started := false
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " ") {
		end := strings.IndexByte(line, ' ')
		if line[0] == '"' {
			end = endOfString(line)
		}
		if end < 0 {
			end = len(line)
		}
		word := line[:end]
		line = line[end:]
		if word[0] == '"' {
			var err error
			if word, err = strconv.Unquote(word); err != nil {
				return nil, err
			}
		}
		if started {
			all = append(all, word)
		}
		started = started || strings.HasSuffix(word, tool)
	}
	return all, nil
}

// endOfString answers what follows the string literal that the text begins with, or -1.
func endOfString(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// compilerArguments leaves out what differs from job to job.
func compilerArguments(from []string) []string {
	var args []string
	for i := 0; i < len(from); i++ {
		switch {
		case from[i] == "-o" || from[i] == "-importcfg":
			i++
		case from[i] == "-trimpath" && i+1 < len(from):
			// Only the first rule: the second is for files that `go build` itself would write.
			i++
			args = append(args, "-trimpath", strings.Split(from[i], ";")[0])
		case strings.HasPrefix(from[i], "-c=") || strings.HasPrefix(from[i], "./"):
		default:
			args = append(args, from[i])
		}
	}
	return args
}

// linkerArguments does the same, and notes the build id.
func (s *script) linkerArguments(from []string) []string {
	var args []string
	for i := 0; i < len(from); i++ {
		switch {
		case from[i] == "-o" || from[i] == "-importcfg":
			i++
		case strings.HasSuffix(from[i], ".a"):
		default:
			args = append(args, from[i])
		}
		if strings.HasPrefix(from[i], "-buildid=") {
			s.id = strings.TrimPrefix(from[i], "-buildid=")
		}
	}
	return args
}

// lines makes the text of a file that compiler and linker read as "@file".
func lines(args []string) (string, error) {
	escape := strings.NewReplacer("\\", "\\\\", "\n", "\\n")
	var text strings.Builder
	for _, arg := range args {
		if arg == "" || strings.ContainsRune(arg, '\r') || strings.TrimSpace(arg) != arg {
			return "", fmt.Errorf("the argument %q does not survive a file", arg)
		}
		text.WriteString(escape.Replace(arg) + "\n")
	}
	return text.String(), nil
}

// asLinked takes back what `go build` did to a program after it had been linked: the last part of
// the build id became a hash of the program. Before, it was what the linker had been told.
func (s *script) asLinked(made []byte) []byte {
	start := []byte(s.id[:strings.LastIndex(s.id, "/")+1])
	end := s.id[len(start):]
	for at := 0; len(start) > 0; {
		next := bytes.Index(made[at:], start)
		if next < 0 {
			break
		}
		at += next + len(start)
		copy(made[at:], end)
	}
	return made
}

// keepFolders puts a file into each folder of a build cache: layers are made of files, and a cache
// that cannot be written to must have all its folders.
func keepFolders(cache string) error {
	for i := 0; i < 256; i++ {
		folder := filepath.Join(cache, fmt.Sprintf("%02x", i))
		if err := os.MkdirAll(folder, 0755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "keep"), nil, 0644); err != nil {
			return err
		}
	}
	return nil
}
