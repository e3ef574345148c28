// SPDX-License-Identifier: Apache-2.0
package main

import (
	"io/ioutil"
	"os"
	"reflect"
	"testing"
)

func TestKnowsWhatProgramsMayImport(t *testing.T) {
	for path, want := range map[string]bool{
		"fmt": true, "net/http": true, "internal/abi": false, "net/internal/x": false,
		"log/internal": false, "vendor/golang.org/x/net": false, "cmd/go": false,
		"internals": true, "a/vendor": true} {
		if isPublic(path) != want {
			t.Errorf("%s", path)
		}
	}
}

func TestTakesTheTwoCommandsApart(t *testing.T) {
	build, check, err := commands([]string{"go", "build", "--", "sh", "-c"})
	if err != nil || len(build) != 2 || len(check) != 2 {
		t.Errorf("got %q, %q, %v", build, check, err)
	}
	if _, check, err := commands([]string{"go", "--"}); err != nil || len(check) != 0 {
		t.Errorf("got %q, %v", check, err)
	}
	if _, _, err := commands([]string{"--", "sh"}); err == nil {
		t.Error("no build")
	}
}

func TestPutsAFlagBehindGoBuild(t *testing.T) {
	build := []string{"go", "build", "-o", "a", "."}
	want := []string{"go", "build", "-x", "-o", "a", "."}
	if got := withFlag(build, "-x"); !reflect.DeepEqual(got, want) || len(build) != 5 {
		t.Errorf("got %q", got)
	}
}

func TestTellsAnExitStatusFromAFailure(t *testing.T) {
	out, said, status, err := try([]string{"sh", "-c", "echo a; echo b >&2; exit 3"})
	if out != "a\n" || said != "b\n" || status != 3 || err != nil {
		t.Errorf("got %q, %q, %d, %v", out, said, status, err)
	}
	if _, _, _, err := try([]string{"sh", "-c", "kill -9 $$"}); err == nil {
		t.Error("killed without an error")
	}
	if _, _, err := run([]string{"sh", "-c", "exit 3"}); err == nil {
		t.Error("a failed command without an error")
	}
}

func TestKeepsAllFoldersOfACache(t *testing.T) {
	folder, err := ioutil.TempDir("", "layer")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := keepFolders(folder); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/00/keep", "/ff/keep"} {
		if _, err := os.Stat(folder + name); err != nil {
			t.Error(err)
		}
	}
}
