// SPDX-License-Identifier: Apache-2.0
package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// script is what `go build -x` says about the user's package.
type script struct {
	compile, link string // arguments, one a line
	info          string // the line of link.cfg that runtime/debug.ReadBuildInfo will read
	id            string // the build id that the linker was given
}

func read(log string) (*script, error) {
	var found script
	for _, line := range strings.Split(log, "\n") {
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
