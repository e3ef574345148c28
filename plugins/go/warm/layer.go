// SPDX-License-Identifier: Apache-2.0

// Fills the layer of one Go tool chain, in its box, by what that tool chain itself says:
//
//	cache/         a build cache that has the standard library
//	compile.args   arguments of the compiler, one a line, as `go build` gives them
//	compile.cfg    which packages programs may import, and where in cache/ they lie
//	link.args      the same for the linker, which also finds internal and vendored packages
//	link.cfg
//	errors         status and heading of `go build` when the compiler finds errors, a line each
//
// The arguments are there only if a program that was made with them is, byte for byte, the one
// that `go build` makes, and "errors" only if a message made with it is; the cache is good without
// them. Jobs see the layer at "/tmp/layer", which is a link.
//
// Usage: layer BUILD... -- [DIRECT...]
// Both are commands that make ./program of the package in the current folder: `go build`, and the
// compiler and the linker called directly, with the current folder as the layer.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	program = "program"
	place   = "/tmp/layer"

	errorsFile = "errors"
)

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
	} else if err := writeErrors(build, check); err != nil {
		fmt.Fprintln(os.Stderr, "layer: all errors are for go build:", err)
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

// try runs a command and answers what it said to stdout and to stderr, and its exit status.
func try(command []string) (out, said string, status int, err error) {
	var stdout, stderr strings.Builder
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if exit, ok := err.(*exec.ExitError); ok && exit.Exited() {
		status, err = exit.ExitCode(), nil
	}
	return stdout.String(), stderr.String(), status, err
}

// run does the same for a command that must succeed.
func run(command []string) (out, said string, err error) {
	out, said, status, err := try(command)
	if err == nil && status != 0 {
		err = fmt.Errorf("exit status %d", status)
	}
	if err != nil {
		err = fmt.Errorf("%s: %v: %s%s", strings.Join(command, " "), err, out, said)
	}
	return out, said, err
}

// runDirect calls the compiler directly, as a job in a box of its own would.
func runDirect(check []string) (out, said string, status int, err error) {
	if err := os.Remove(place); err != nil && !os.IsNotExist(err) {
		return "", "", 0, err
	}
	return try(check)
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
	for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
		at := strings.Index(line, " ")
		if at < 0 || !strings.HasPrefix(line[at+1:], here) {
			return found, fmt.Errorf("go list said %q", line)
		}
		found.paths = append(found.paths, line[:at])
		found.files[line[:at]] = place + line[at+1+len(here):]
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
	_, log, err := run(withFlag(build, "-x"))
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
	shown, err := read(log)
	if err != nil {
		return err
	}
	all := func(string) bool { return true }
	texts := []string{shown.compile, packages.config(isPublic), shown.link,
		packages.config(all) + shown.info}
	for i, name := range direct {
		if err := os.WriteFile(name, []byte(texts[i]), 0644); err != nil {
			return err
		}
	}
	if out, said, status, err := runDirect(check); err != nil || status != 0 {
		return fmt.Errorf("the direct call failed: %d %v %s%s", status, err, out, said)
	}
	same, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if !bytes.Equal(same, shown.asLinked(made)) {
		return fmt.Errorf("the program is not the one that go build makes")
	}
	return os.Remove(program)
}

// withFlag puts a flag behind "go build".
func withFlag(build []string, flag string) []string {
	return append(append([]string{}, build[:2]...), append([]string{flag}, build[2:]...)...)
}

const mistakes = `package main

func broken(a int) int {
	var unused string
	undefined(a)
	return "text"
}
`

// writeErrors writes what a direct call needs to speak like `go build`, and proves that it does.
func writeErrors(build, check []string) error {
	if err := os.WriteFile("broken.go", []byte(mistakes), 0644); err != nil {
		return err
	}
	defer os.Remove("broken.go")
	out, said, status, err := try(build)
	end := strings.Index(said, "\n")
	if err != nil || status == 0 || out != "" || end < 0 {
		return fmt.Errorf("go build answered %d %v %q %q", status, err, out, said)
	}
	text := fmt.Sprintf("%d\n%s\n", status, said[:end])
	if err := os.WriteFile(errorsFile, []byte(text), 0644); err != nil {
		return err
	}
	out2, said2, status2, err := runDirect(append(append([]string{}, check...), "./broken.go"))
	if err != nil || out2 != out || said2 != said || status2 != status {
		os.Remove(errorsFile)
		return fmt.Errorf("go build answered %d %q, the direct call %d %v %q %q", status, said,
			status2, err, out2, said2)
	}
	return nil
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
