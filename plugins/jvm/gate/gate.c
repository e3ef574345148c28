// SPDX-License-Identifier: Apache-2.0

// Where a JVM that was started ahead waits for its job (see cex_preboot in plugin_abi.h): a native
// agent, since its callback comes after the JVM's start and before the main class is looked for.
// Options: the agent's own folder, absolute, and behind a comma "javac" for a JVM that is to
// compile. The folder is gone before the job comes.
#define _GNU_SOURCE
#include <dirent.h>
#include <ftw.h>
#include <jvmti.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GO = 3, READY = 4 };

static char folder[256];
static int trains_compiler;

// A gate that is not reached is noticed by whoever started this, and its job runs without.
static void give_up(const char* why) {
  fprintf(stderr, "gate: %s\n", why);
  _exit(70);
}

static jclass class_of(JNIEnv* jni, const char* name) {
  jclass found = (*jni)->FindClass(jni, name);
  if (found == NULL) give_up(name);
  return found;
}

static jobject quiet_writer(JNIEnv* jni) {
  jclass buffer_class = class_of(jni, "java/io/StringWriter");
  jclass writer_class = class_of(jni, "java/io/PrintWriter");
  jmethodID make_buffer = (*jni)->GetMethodID(jni, buffer_class, "<init>", "()V");
  jmethodID make_writer = (*jni)->GetMethodID(jni, writer_class, "<init>", "(Ljava/io/Writer;)V");
  jobject buffer = (*jni)->NewObject(jni, buffer_class, make_buffer);
  return (*jni)->NewObject(jni, writer_class, make_writer, buffer);
}

// Good and bad programs alike: what javac says of them goes nowhere.
static void compile(JNIEnv* jni, const char* file) {
  const char* arguments[] = {"-proc:none", "-encoding", "UTF-8", "-cp", folder, "-d", folder, file};
  const jsize count = sizeof(arguments) / sizeof(*arguments);
  if ((*jni)->PushLocalFrame(jni, 64) != 0) give_up("no room for references");
  jclass compiler = class_of(jni, "com/sun/tools/javac/Main");
  jmethodID method = (*jni)->GetStaticMethodID(jni, compiler, "compile",
                                               "([Ljava/lang/String;Ljava/io/PrintWriter;)I");
  if (method == NULL) give_up("javac has no compile()");
  jobjectArray list = (*jni)->NewObjectArray(jni, count, class_of(jni, "java/lang/String"), NULL);
  for (jsize i = 0; i < count; ++i) {
    (*jni)->SetObjectArrayElement(jni, list, i, (*jni)->NewStringUTF(jni, arguments[i]));
  }
  (*jni)->CallStaticIntMethod(jni, compiler, method, list, quiet_writer(jni));
  if ((*jni)->ExceptionCheck(jni)) give_up("javac threw an exception");
  (*jni)->PopLocalFrame(jni, NULL);
}

static void train(JNIEnv* jni) {
  struct dirent** entries = NULL;
  const int count = scandir(folder, &entries, NULL, alphasort);
  for (int i = 0; i < count; ++i) {
    const char* ending = strrchr(entries[i]->d_name, '.');
    char file[sizeof(folder) + 256];
    snprintf(file, sizeof(file), "%s/%s", folder, entries[i]->d_name);
    if (ending != NULL && strcmp(ending, ".java") == 0) compile(jni, file);
    free(entries[i]);
  }
  free(entries);
}

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

static void JNICALL on_start(jvmtiEnv* jvmti, JNIEnv* jni, jthread thread) {
  (void)jvmti, (void)thread;
  if (trains_compiler) {
    train(jni);
    collect_garbage(jni);
  }
  if (nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0) give_up("its folder stays");
  wait_for_the_job();
}

JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM* machine, char* options, void* reserved) {
  (void)reserved;
  const size_t length = options == NULL ? 0 : strcspn(options, ",");
  if (length == 0 || length >= sizeof(folder)) return JNI_ERR;
  memcpy(folder, options, length);
  trains_compiler = strcmp(options + length, ",javac") == 0;
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
