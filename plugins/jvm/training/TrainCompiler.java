// SPDX-License-Identifier: Apache-2.0
package org.codeexecutor.training;

import com.sun.tools.javac.Main;

/**
 * Has javac compile each file that is named, in one process, so that one class list holds what good
 * and bad programs need. Files called Broken*.java must be refused; anything unexpected ends with 1.
 */
public class TrainCompiler {
  public static void main(String[] files) {
    String here = System.getProperty("user.dir");
    for (String file : files) {
      boolean broken = file.substring(file.lastIndexOf('/') + 1).startsWith("Broken");
      int status = Main.compile(new String[] {
          "-proc:none", "-encoding", "UTF-8", "-cp", here, "-d", here, file});
      if (status != (broken ? 1 : 0)) {
        System.err.println(file + ": javac ended with " + status);
        System.exit(1);
      }
    }
    System.exit(0);  // as javac ends: newer releases load a logger for it
  }
}
