// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

/** Not even the grammar is right. */
public class BrokenSyntax {
  public static void main(String[] args) {
    int x = 1
    System.out.println("unclosed);
    for (int i = 0; i < 3, i++ {
      x =+ ;
    }
    if x > 1 {
      char c = 'ab';
    } else
  }

  void twice( {
    String s = "a" "b";
