// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

fun open( {
    val = 3
    if (true { println("x")
    "unfinished
    for i in 1..3 println(i)
}}
class 5
