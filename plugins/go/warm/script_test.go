// SPDX-License-Identifier: Apache-2.0
package main

import (
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
	said, err := read(log119)
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
		if said, err := read(log); err == nil {
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
