// SPDX-License-Identifier: Apache-2.0
// requires: CC-1 CC-3
// about: embeds files of the host into a Go program
// status: compile_error
// stdout: any
package main

import _ "embed"

//go:embed ../etc/passwd
var text string

//go:generate sh -c "touch /tmp/generated"
func main() { print(text) }
