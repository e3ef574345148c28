// SPDX-License-Identifier: Apache-2.0
// requires: CC-3
// about: wants a module from the network while building
// status: compile_error
// stdout: any
package main

import "github.com/google/uuid"

func main() { println(uuid.NewString()) }
