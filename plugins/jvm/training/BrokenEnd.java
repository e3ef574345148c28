// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

/** One bracket short, which the parser notices at the end of the file. */
public class BrokenEnd {
  public static void main(String[] args) {
    System.out.println("Hello");
