// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/** Compiles with remarks: raw types and methods that are deprecated. */
public class Careless {
  static List collect(Object... items) {
    List list = new ArrayList();
    for (Object item : items) list.add(item);
    return list;
  }

  public static void main(String[] args) {
    List<String> strings = collect("a", "b");
    System.out.println(strings + " " + new Date(100, 0, 1).getYear());
  }
}
