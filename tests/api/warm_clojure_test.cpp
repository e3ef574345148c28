// SPDX-License-Identifier: Apache-2.0
#include "tests/api/warm_jvm_fixture.hpp"

namespace cex::test {
namespace {

const JvmSubject& clojure() {
  static const JvmSubject subject{
      .language = "clojure",
      .layers = {"cds-clojure"},
      .steps = {"java"},
      .maps =
          "(run! println (java.nio.file.Files/readAllLines (java.nio.file.Paths/get "
          "\"/proc/self/maps\" (into-array String []))))",
      .archive = "/clojure.jsa",
      .programs = {
          {"hello", "(println \"Hello, world!\")"},
          {"echo",
           "(doseq [line (line-seq (java.io.BufferedReader. *in*))] (println line))",
           {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
          {"input", "(println (read-line) (read))", {{"stdin", "one\n[2 3]\n"}}},
          {"arguments",
           "(doseq [a *command-line-args*] (println (str \"[\" a \"]\")))",
           {{"args", {"a b", "", "@x", "-ea", "*"}}}},
          {"an exception that nobody catches", "(defn f [n] (/ 1 n))\n(println \"before\")\n(f 0)"},
          {"one with its whole trace",
           "(defn f [n] (/ 1 n))\n(try (doall (map f [3 0])) (catch Exception e (.printStackTrace "
           "e)))"},
          {"one with data", "(throw (ex-info \"why\" {:a 1} (Error. \"cause\")))"},
          {"one in a thread",
           "(doto (Thread. #(throw (RuntimeException. \"in\")) \"w\") .start .join)\n(println "
           "\"after\")"},
          {"one in a future", "@(future (/ 1 0))"},
          {"names with numbers",
           "(println (gensym) (gensym \"x\") `a# (class (fn [])))\n"
           "(defmacro m [] `(let [a# 1] '~(gensym)))\n(println (m) (class (reify Object)) "
           "(gensym))"},
          {"numbers before there was a macro", "(println (clojure.lang.RT/nextID))"},
          {"an exit code", "(print \"x\") (flush) (System/exit 3)"},
          {"a hook",
           "(.addShutdownHook (Runtime/getRuntime) (Thread. #(println \"hook\")))\n"
           "(throw (IllegalStateException. \"main\"))"},
          {"half a megabyte", "(dotimes [_ 65536] (print \"1234567\\n\")) (flush)"},
          {"64 MiB", "(println (count (doall (repeatedly 64 #(byte-array 1048576)))))"},
          {"a deep recursion",
           "(defn f [n] (inc (f (inc n))))\n(try (f 0) (catch Error e (println (class e))))"},
          {"no memory left", "(loop [l []] (recur (conj l (byte-array 1048576))))"},
          {"properties",
           "(doseq [[k v] (sort (System/getProperties))] (println k v))\n(println (sort "
           "(System/getenv)))"},
          {"what is loaded",
           "(println (sort (loaded-libs)) (sort (map ns-name (all-ns))) (ns-name *ns*) *file*)\n"
           "(println (count (ns-publics 'user)) (count (ns-publics 'clojure.core)) *e)"},
          {"a name that nobody knows", "(println \"before\")\n\n(println unknown-name)"},
          {"a bracket that is missing", "(println (+ 1 2)"},
          {"a spec that does not fit",
           "(try (eval '(let [x] x)) (catch Exception e (println (ex-message (ex-cause e)))))"},
          {"the box",
           "(println (sort (.list (java.io.File. \".\"))) (seq (.list (java.io.File. \"/tmp\")))\n"
           "(.pid (java.lang.ProcessHandle/current)))"},
          {"threads",
           "(println (sort (map #(.getName %) (keys (Thread/getAllStackTraces)))))\n"
           "(println (.getName (Thread/currentThread)) (.getName (Thread. #())))"},
          {"agents", "(def a (agent 1))\n(send a inc)\n(await a)\n(println @a)\n(shutdown-agents)"},
          {"several sources",
           "",
           {{"files",
             {{{"path", "main.clj"}, {"content", "(require 'my.lib)\n(println (my.lib/hi))"}},
              {{"path", "my/lib.clj"}, {"content", "(ns my.lib)\n(defn hi [] 1)"}}}}}},
          {"files that Clojure reads as it starts",
           "",
           {{"files",
             {{{"path", "main.clj"}, {"content", "(println #my/tag 1 (resolve 'user/mine))"}},
              {{"path", "user.clj"}, {"content", "(println \"user\")\n(def mine 1)"}},
              {{"path", "data_readers.clj"}, {"content", "{my/tag clojure.core/inc}"}}}}}},
          {"a namespace of the training",
           "(ns org.codeexecutor.training)\n(println (sort (keys (ns-interns *ns*))))"},
          {"an endless loop", "(loop [] (recur))", {{"limits", {{"cpu_ms", 3000}}}}},
      }};
  return subject;
}

class WarmClojure : public WarmJvm<WarmClojure> {
 public:
  static const JvmSubject& subject() { return clojure(); }
  static std::string mode() { return "layers"; }
};

TEST_F(WarmClojure, changes_no_answer) {
  expect_no_change();
}

TEST_F(WarmClojure, runs_programs_on_the_archive) {
  expect_archive_in_use();
}

/// Clojure in JVMs that were started ahead, its library loaded.
class PausedClojure : public WarmJvm<PausedClojure> {
 public:
  static const JvmSubject& subject() { return clojure(); }
  static std::string mode() { return "full"; }
};

TEST_F(PausedClojure, changes_no_answer) {
  expect_no_change();
}

}  // namespace
}  // namespace cex::test
