// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training

object Open {
  def main(args Array[String]): Unit = {
    val = 3
    if (true { println("x")
    "unfinished
    for i <- 1 to 3 println(i)
}}
class 5
