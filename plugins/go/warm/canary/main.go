// SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
)

type shape interface{ area() float64 }

type square struct{ Side float64 }

func (s square) area() float64 { return s.Side * s.Side }

// A program that is large enough to tell two ways of building it apart. It is never run.
func main() {
	defer func() {
		if found := recover(); found != nil {
			fmt.Fprintln(os.Stderr, found, string(debug.Stack()))
			os.Exit(3)
		}
	}()
	shapes := []shape{square{2}, square{1}}
	sort.Slice(shapes, func(i, j int) bool { return shapes[i].area() < shapes[j].area() })
	text, err := json.Marshal(shapes)
	var group sync.WaitGroup
	for i := range shapes {
		group.Add(1)
		go func() {
			defer group.Done()
			fmt.Println(strings.Repeat("*", int(shapes[i].area())))
		}()
	}
	group.Wait()
	info, ok := debug.ReadBuildInfo()
	fmt.Println(string(text), err, runtime.Version(), runtime.GOROOT(), info, ok)
	panic(http.ListenAndServe(":0", nil))
}
