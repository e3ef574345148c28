// SPDX-License-Identifier: Apache-2.0
package main

import (
	"io/ioutil"
	"os"
	"reflect"
	"testing"
)

const log119 = `WORK=/tmp/go-build1
cat >$WORK/b001/importcfg.link << 'EOF' # internal
packagefile fmt=/c/ab-d
modinfo "0w\xaf\nx"
EOF
/r/pkg/tool/linux_amd64/compile -o $WORK/b002/_pkg_.a -p fmt -std -pack /r/src/fmt/print.go
/r/pkg/tool/linux_amd64/compile -o $WORK/b001/_pkg_.a -trimpath "/box=>_/box;$WORK/b001=>" -p main -complete -buildid c/c -c=2 -D _/box -importcfg $WORK/b001/importcfg -pack ./main.go
GOROOT_FINAL='$GOROOT' /r/pkg/tool/linux_amd64/link -o $WORK/b001/exe/a.out -importcfg $WORK/b001/importcfg.link -X=runtime.godebugDefault=a=1,b=2 -buildid=A/c/d/A -s -w $WORK/b001/_pkg_.a
`

func TestReadsWhatGoBuildSays(t *testing.T) {
	said, err := read([]byte(log119))
	if err != nil {
		t.Fatal(err)
	}
	want := script{
		compile: "-trimpath\n/box=>_/box\n-p\nmain\n-complete\n-buildid\nc/c\n-D\n_/box\n-pack\n",
		link:    "-X=runtime.godebugDefault=a=1,b=2\n-buildid=A/c/d/A\n-s\n-w\n",
		info:    "modinfo \"0w\\xaf\\nx\"\n",
		id:      "A/c/d/A",
	}
	if *said != want {
		t.Errorf("got %+v", *said)
	}
}

func TestRefusesALogWithoutTheCalls(t *testing.T) {
	for _, log := range []string{"", "WORK=/tmp/a\n", "/r/link -o a b.a\n", "/r/compile -o a -p main x\n"} {
		if said, err := read([]byte(log)); err == nil {
			t.Errorf("%q gave %+v", log, said)
		}
	}
}

func TestSplitsWordsAsTheyAreQuoted(t *testing.T) {
	got, err := words(`GOROOT='' "/a b/link"  -o "x \"y\"" z`, "/link")
	if want := []string{"-o", `x "y"`, "z"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := words(`/link "no end`, "/link"); err == nil {
		t.Errorf("got %q", got)
	}
}

func TestWritesArgumentsThatSurviveAFile(t *testing.T) {
	got, err := lines([]string{"-p", "a\\b", "c\nd"})
	if want := "-p\na\\\\b\nc\\nd\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	for _, arg := range []string{"", " a", "a\r"} {
		if got, err := lines([]string{arg}); err == nil {
			t.Errorf("%q gave %q", arg, got)
		}
	}
}

func TestTakesBackTheHashInTheBuildID(t *testing.T) {
	linked := script{id: "A/c/d/A"}
	if got := string(linked.asLinked([]byte("..A/c/d/Z..A/c/d/Z"))); got != "..A/c/d/A..A/c/d/A" {
		t.Errorf("got %q", got)
	}
	none := script{}
	if got := string(none.asLinked([]byte("a/b"))); got != "a/b" {
		t.Errorf("got %q", got)
	}
}

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
