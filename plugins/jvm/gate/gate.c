// SPDX-License-Identifier: Apache-2.0

// Where a JVM that was started ahead waits for its job (see cex_preboot in plugin_abi.h): a native
// agent, since its callback comes after the JVM's start and before the main class is looked for.
// Options: the agent's own folder, absolute, and behind a comma the word for what is to be done
// before (see kWorks). There lie the programs that this is done with and, for a compiler, the file
// "arguments", a line each. The folder is gone before the job comes.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <jvmti.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GO = 3, READY = 4 };

enum { MOST_FILES = 64, MOST_ARGUMENTS = 16 };

static char folder[256];
static const char* work = "";
static int complaints = 2;

// A gate that is not reached is noticed by whoever started this, and its job runs without.
static void give_up(const char* why) {
  dprintf(complaints, "gate: %s\n", why);
  _exit(70);
}

static jclass class_of(JNIEnv* jni, const char* name) {
  jclass found = (*jni)->FindClass(jni, name);
  if (found == NULL) give_up(name);
  return found;
}

static jmethodID static_method(JNIEnv* jni, jclass of, const char* name, const char* signature) {
  jmethodID found = (*jni)->GetStaticMethodID(jni, of, name, signature);
  if (found == NULL) give_up(name);
  return found;
}

static jmethodID method(JNIEnv* jni, jclass of, const char* name, const char* signature) {
  jmethodID found = (*jni)->GetMethodID(jni, of, name, signature);
  if (found == NULL) give_up(name);
  return found;
}

// Good and bad programs alike: what a compiler says of them goes nowhere.
struct Silence {
  int out, err;
};

static void flush(JNIEnv* jni, jclass system, const char* name) {
  jfieldID field = (*jni)->GetStaticFieldID(jni, system, name, "Ljava/io/PrintStream;");
  jobject stream = (*jni)->GetStaticObjectField(jni, system, field);
  jmethodID call = method(jni, (*jni)->GetObjectClass(jni, stream), "flush", "()V");
  (*jni)->CallVoidMethod(jni, stream, call);
}

static struct Silence be_silent(void) {
  const struct Silence before = {fcntl(1, F_DUPFD_CLOEXEC, 10), fcntl(2, F_DUPFD_CLOEXEC, 10)};
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (before.out < 0 || before.err < 0 || nowhere < 0) give_up("its outputs cannot be kept");
  dup2(nowhere, 1);
  dup2(nowhere, 2);
  close(nowhere);
  complaints = before.err;
  return before;
}

static void be_heard(JNIEnv* jni, struct Silence before) {
  jclass system = class_of(jni, "java/lang/System");
  flush(jni, system, "out");
  flush(jni, system, "err");
  dup2(before.out, 1);
  dup2(before.err, 2);
  close(before.out);
  close(before.err);
  complaints = 2;
}

static jobjectArray text_array(JNIEnv* jni, const char* const* texts, jsize count) {
  jobjectArray list = (*jni)->NewObjectArray(jni, count, class_of(jni, "java/lang/String"), NULL);
  for (jsize i = 0; i < count; ++i) {
    (*jni)->SetObjectArrayElement(jni, list, i, (*jni)->NewStringUTF(jni, texts[i]));
  }
  return list;
}

static void javac(JNIEnv* jni, jobjectArray arguments) {
  jclass compiler = class_of(jni, "com/sun/tools/javac/Main");
  jmethodID compile = static_method(jni, compiler, "compile", "([Ljava/lang/String;)I");
  (*jni)->CallStaticIntMethod(jni, compiler, compile, arguments);
}

static void kotlinc(JNIEnv* jni, jobjectArray arguments) {
  jclass system = class_of(jni, "java/lang/System");
  jfieldID err = (*jni)->GetStaticFieldID(jni, system, "err", "Ljava/io/PrintStream;");
  jobject stream = (*jni)->GetStaticObjectField(jni, system, err);
  jclass type = class_of(jni, "org/jetbrains/kotlin/cli/jvm/K2JVMCompiler");
  jobject compiler = (*jni)->NewObject(jni, type, method(jni, type, "<init>", "()V"));
  jmethodID exec = method(jni, type, "exec",
                          "(Ljava/io/PrintStream;[Ljava/lang/String;)"
                          "Lorg/jetbrains/kotlin/cli/common/ExitCode;");
  (*jni)->CallObjectMethod(jni, compiler, exec, stream, arguments);
}

// process() answers nothing, a boolean or a report, by version.
static void scala_compiler(JNIEnv* jni, const char* type, jobjectArray arguments) {
  const char* signatures[] = {"([Ljava/lang/String;)V", "([Ljava/lang/String;)Z",
                              "([Ljava/lang/String;)Ldotty/tools/dotc/reporting/Reporter;"};
  jclass compiler = class_of(jni, type);
  for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); ++i) {
    jmethodID process = (*jni)->GetStaticMethodID(jni, compiler, "process", signatures[i]);
    (*jni)->ExceptionClear(jni);
    if (process == NULL) continue;
    if (i == 0) (*jni)->CallStaticVoidMethod(jni, compiler, process, arguments);
    if (i == 1) (*jni)->CallStaticBooleanMethod(jni, compiler, process, arguments);
    if (i == 2) (*jni)->CallStaticObjectMethod(jni, compiler, process, arguments);
    return;
  }
  give_up("scalac has no process()");
}

static void scalac(JNIEnv* jni, jobjectArray arguments) {
  scala_compiler(jni, "scala/tools/nsc/Main", arguments);
}

static void scalac3(JNIEnv* jni, jobjectArray arguments) {
  scala_compiler(jni, "dotty/tools/dotc/Main", arguments);
}

// What is done before the job is there.
struct Work {
  const char* word;
  void (*perform)(JNIEnv* jni, const struct Work* how);
  const char* ending; /* of the training programs */
  // Of a compiler. It is called once for the good programs and once for the bad ones; or, as that
  // is how jobs use it, once for each.
  void (*compile)(JNIEnv* jni, jobjectArray arguments);
  int one_by_one;
};

// The first arguments of a compiler; what they point to is never freed.
static jsize read_arguments(const char* arguments[MOST_ARGUMENTS]) {
  static char text[4096];
  char path[sizeof(folder) + 16];
  snprintf(path, sizeof(path), "%s/arguments", folder);
  FILE* file = fopen(path, "re");
  if (file == NULL) give_up("there are no arguments");
  text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
  fclose(file);
  jsize count = 0;
  char* rest = NULL;
  for (char* line = strtok_r(text, "\n", &rest); line != NULL && count < MOST_ARGUMENTS;
       line = strtok_r(NULL, "\n", &rest)) {
    arguments[count++] = line;
  }
  return count;
}

static void compile(JNIEnv* jni, const struct Work* how, const char* const* files, jsize count) {
  const char* arguments[MOST_ARGUMENTS + 2 + MOST_FILES];
  jsize used = read_arguments(arguments);
  arguments[used++] = "-d";
  arguments[used++] = folder;
  for (jsize i = 0; i < count; ++i) arguments[used++] = files[i];
  if ((*jni)->PushLocalFrame(jni, 128) != 0) give_up("no room for references");
  how->compile(jni, text_array(jni, arguments, used));
  if ((*jni)->ExceptionCheck(jni)) give_up("the compiler threw an exception");
  (*jni)->PopLocalFrame(jni, NULL);
}

// Paths of the programs, the bad ones ("Broken...") or the others.
static jsize find_files(const char* ending, int broken, char* paths[MOST_FILES]) {
  struct dirent** entries = NULL;
  const int count = scandir(folder, &entries, NULL, alphasort);
  jsize found = 0;
  for (int i = 0; i < count; ++i) {
    const char* name = entries[i]->d_name;
    const char* end = strrchr(name, '.');
    const int is_broken = strncmp(name, "Broken", strlen("Broken")) == 0;
    if (end != NULL && strcmp(end, ending) == 0 && is_broken == broken && found < MOST_FILES &&
        asprintf(&paths[found], "%s/%s", folder, name) > 0) {
      ++found;
    }
    free(entries[i]);
  }
  free(entries);
  return found;
}

static void train(JNIEnv* jni, const struct Work* how) {
  for (int broken = 0; broken <= 1; ++broken) {
    char* paths[MOST_FILES];
    const jsize count = find_files(how->ending, broken, paths);
    const jsize each = how->one_by_one ? 1 : count;
    for (jsize i = 0; i < count; i += each) {
      compile(jni, how, (const char* const*)paths + i, each);
    }
    for (jsize i = 0; i < count; ++i) free(paths[i]);
  }
}

// Scripts run in the JVM that compiled them, so nothing is run here that a program could tell: the
// library is started, and its compiler makes classes that nobody asks for.
static void groovy(JNIEnv* jni, const struct Work* how) {
  jclass library = class_of(jni, "groovy/lang/GroovySystem");
  jmethodID registry =
      static_method(jni, library, "getMetaClassRegistry", "()Lgroovy/lang/MetaClassRegistry;");
  (*jni)->CallStaticObjectMethod(jni, library, registry);
  class_of(jni, "groovy/ui/GroovyMain");
  jclass type = class_of(jni, "groovy/lang/GroovyClassLoader");
  jobject loader = (*jni)->NewObject(jni, type, method(jni, type, "<init>", "()V"));
  jmethodID parse = method(jni, type, "parseClass", "(Ljava/io/File;)Ljava/lang/Class;");
  jclass file_type = class_of(jni, "java/io/File");
  jmethodID make_file = method(jni, file_type, "<init>", "(Ljava/lang/String;)V");
  char* paths[MOST_FILES];
  const jsize count = find_files(how->ending, 0, paths);
  for (jsize i = 0; i < count; ++i) {
    jobject path = (*jni)->NewStringUTF(jni, paths[i]);
    (*jni)->CallObjectMethod(jni, loader, parse,
                             (*jni)->NewObject(jni, file_type, make_file, path));
    free(paths[i]);
  }
  if ((*jni)->ExceptionCheck(jni)) give_up("Groovy threw an exception");
}

// What clojure.main begins with. Nothing is evaluated: names of classes and symbols have numbers in
// the order in which they are made.
static void clojure(JNIEnv* jni, const struct Work* how) {
  (void)how;
  jclass runtime = class_of(jni, "clojure/lang/RT");
  jclass variable = class_of(jni, "clojure/lang/Var");
  jclass symbol = class_of(jni, "clojure/lang/Symbol");
  (*jni)->CallStaticVoidMethod(jni, runtime, static_method(jni, runtime, "init", "()V"));
  jmethodID find = static_method(jni, runtime, "var",
                                 "(Ljava/lang/String;Ljava/lang/String;)Lclojure/lang/Var;");
  jobject require =
      (*jni)->CallStaticObjectMethod(jni, runtime, find, (*jni)->NewStringUTF(jni, "clojure.core"),
                                     (*jni)->NewStringUTF(jni, "require"));
  jmethodID intern =
      static_method(jni, symbol, "intern", "(Ljava/lang/String;)Lclojure/lang/Symbol;");
  jobject name = (*jni)->CallStaticObjectMethod(jni, symbol, intern,
                                                (*jni)->NewStringUTF(jni, "clojure.main"));
  jmethodID invoke = method(jni, variable, "invoke", "(Ljava/lang/Object;)Ljava/lang/Object;");
  (*jni)->CallObjectMethod(jni, require, invoke, name);
  if ((*jni)->ExceptionCheck(jni)) give_up("Clojure threw an exception");
}

static const struct Work kWorks[] = {
    {"javac", train, ".java", javac, 1},    {"kotlinc", train, ".kt", kotlinc, 0},
    {"scalac", train, ".scala", scalac, 0}, {"scalac3", train, ".scala", scalac3, 0},
    {"groovy", groovy, ".groovy", NULL, 0}, {"clojure", clojure, NULL, NULL, 0},
};

static void collect_garbage(JNIEnv* jni) {
  jclass system = class_of(jni, "java/lang/System");
  (*jni)->CallStaticVoidMethod(jni, system, (*jni)->GetStaticMethodID(jni, system, "gc", "()V"));
}

static int remove_entry(const char* path, const struct stat* status, int type, struct FTW* place) {
  (void)status, (void)type, (void)place;
  return remove(path);
}

static void wait_for_the_job(void) {
  char byte = '1';
  if (write(READY, &byte, 1) != 1) give_up("nobody waits for it");
  close(READY);
  while (read(GO, &byte, 1) > 0) {
  }
  close(GO);
}

static void prepare(JNIEnv* jni) {
  const struct Work* how = NULL;
  for (size_t i = 0; i < sizeof(kWorks) / sizeof(*kWorks); ++i) {
    if (strcmp(work, kWorks[i].word) == 0) how = &kWorks[i];
  }
  if (how == NULL) give_up("it knows no such work");
  const struct Silence before = be_silent();
  how->perform(jni, how);
  collect_garbage(jni);
  be_heard(jni, before);
}

static void JNICALL on_start(jvmtiEnv* jvmti, JNIEnv* jni, jthread thread) {
  (void)jvmti, (void)thread;
  if (*work != '\0') prepare(jni);
  if (nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0) give_up("its folder stays");
  wait_for_the_job();
}

JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM* machine, char* options, void* reserved) {
  (void)reserved;
  const size_t length = options == NULL ? 0 : strcspn(options, ",");
  if (length == 0 || length >= sizeof(folder)) return JNI_ERR;
  memcpy(folder, options, length);
  if (options[length] == ',') {
    work = strdup(options + length + 1);  // the text is the JVM's
    if (work == NULL) return JNI_ERR;
  }
  jvmtiEnv* jvmti = NULL;
  if ((*machine)->GetEnv(machine, (void**)&jvmti, JVMTI_VERSION_11) != JNI_OK) return JNI_ERR;
  const jvmtiEventCallbacks callbacks = {.VMInit = on_start};
  if ((*jvmti)->SetEventCallbacks(jvmti, &callbacks, sizeof(callbacks)) != JVMTI_ERROR_NONE ||
      (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_VM_INIT, NULL) !=
          JVMTI_ERROR_NONE) {
    return JNI_ERR;
  }
  return JNI_OK;
}
