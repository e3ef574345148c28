// SPDX-License-Identifier: Apache-2.0
// requires: CC-3
// about: an annotation processor in the very sources that javac compiles; it must not run
// status: ok
// stdout: any
import java.util.Set;
import javax.annotation.processing.*;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;

@SupportedAnnotationTypes("*")
public class Main extends AbstractProcessor {
  static { System.err.println("through: code ran in " + System.getProperty("java.vm.name")); }
  @Override public SourceVersion getSupportedSourceVersion() { return SourceVersion.latest(); }
  @Override public boolean process(Set<? extends TypeElement> types, RoundEnvironment round) { return false; }
  public static void main(String[] args) {}
}
