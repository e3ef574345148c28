// SPDX-License-Identifier: Apache-2.0
// requires: CC-3
// about: C code in a Go program, whose flags ran commands more than once
// status: compile_error
// stdout: any
package main

// #cgo CFLAGS: -fplugin=/box/plugin.so -wrapper /box/main.go
// #cgo LDFLAGS: -Wl,-o/tmp/x
// int one() { return 1; }
import "C"

func main() { println(C.one()) }
