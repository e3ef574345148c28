/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Code Executor plugin ABI: the only contract between a host and a language plugin.
 *
 * A plugin is a pure function from facts to records; it proposes, the host disposes. It never
 * forks, opens, writes, or talks to anybody. The host calls a slot, the plugin answers by emitting
 * records into a sink, the host copies each record before `emit` returns. Nobody frees memory of
 * the other side.
 *
 * Rules of growth
 *  - Minor version: append a field, a record kind, a feature bit, a table slot.
 *    Major version: anything else.
 *  - A reader copies min(sender's struct_size, its own sizeof) bytes into a zeroed local.
 *    Zero is "not said".
 *  - Lists hold frozen `cex_str` only; whatever may grow is emitted one record at a time.
 *  - No implicit padding, ever: a field hidden in old padding would read as garbage.
 *    (-Wpadded is an error.)
 *  - "Must be understood" is a bit in `required_features`; "nice to have" is an appended field.
 *  - Unknown flag bits and unknown record kinds are ignored by the reader.
 *
 * C11 and C++11 or newer; 64-bit targets only. C++ authors want <cex/plugin.hpp> instead.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The ABI version, written here and nowhere else; build files read these lines. */
#define CEX_ABI_MAJOR 1u /* breaking changes; comes with a new symbol, cex_plugin_v2 */
#ifndef CEX_ABI_MINOR    /* an author may target an older minor on purpose */
#define CEX_ABI_MINOR 0u
#endif

#define CEX_ABI_MAGIC 0x314E49474C505843ull /* "CXPLGIN1" read as little endian */

#if defined(__GNUC__)
#define CEX_EXPORT __attribute__((visibility("default")))
#else
#define CEX_EXPORT
#endif

#ifdef __cplusplus
#define CEX_NOEXCEPT noexcept
#define CEX_STATIC_ASSERT static_assert
extern "C" {
#else
#define CEX_NOEXCEPT
#define CEX_STATIC_ASSERT _Static_assert
#endif

/* ---- Frozen shapes: never grow, safe inside arrays ---- */

/* UTF-8 text, no NUL inside, not NUL-terminated. `ptr` may be null when `len` is 0. Borrowed for
 * the call. */
typedef struct cex_str {
  const char* ptr;
  size_t len;
} cex_str;

/* `items` may be null when `count` is 0. Borrowed for the call. */
typedef struct cex_list {
  const cex_str* items;
  size_t count;
} cex_list;

/* 0 is success, else one of CEX_E_*. */
typedef int32_t cex_status;
enum {
  CEX_OK = 0,
  CEX_E_INTERNAL = 1,        /* the plugin failed; the text is for the operator */
  CEX_E_INVALID_REQUEST = 2, /* the user asked for something impossible; the text is for the user */
  CEX_E_UNSUPPORTED = 3,     /* host too old, language or phase unknown to the plugin */
  CEX_E_REFUSED = 4,         /* answer of emit(): the record was refused, see the host's log */
  CEX_E_NO_MEMORY = 5
};

/* Head of every record and every request. */
typedef struct cex_record {
  uint32_t struct_size;       /* sizeof the whole struct as the sender saw it */
  uint32_t flags;             /* per kind; unknown bits are ignored */
  uint64_t required_features; /* a set bit that the reader does not know: the record is refused */
} cex_record;

/* ---- Plugin to host: records ---- */

/* Values of `kind` for cex_sink.emit. */
enum {
  CEX_LANGUAGE = 1,
  CEX_OPTION = 2,
  CEX_PROBE = 3,
  CEX_TOOLCHAIN = 4,
  CEX_STEP = 5,
  CEX_LAYER = 6,
  CEX_PREBOOT = 7,
  CEX_DIAGNOSTIC = 8,
  CEX_FILE = 9
};

enum {
  CEX_LANGUAGE_COMPILED = 1u,   /* has a COMPILE phase; without it the host never asks for one */
  CEX_LANGUAGE_INTERACTIVE = 2u /* makes sense at a terminal */
};

/* describe(): one per language; a family emits several. */
typedef struct cex_language {
  cex_record h;
  cex_str id, name, family; /* "kotlin", "Kotlin", "jvm" */
  cex_list aliases;         /* "kt" */
  cex_list extensions;      /* ".kt", ".kts" */
  cex_str default_file;     /* "Main.kt": the name of a source that came without one */
  cex_str editor_mode;      /* name of an editor grammar */
  cex_str hello; /* a program that prints "Hello, world!\n": documentation and self-test */
} cex_language;

enum {
  CEX_OPTION_FREE_TEXT = 1u, /* any value up to 4 KiB; the operator must allow it */
  /* `allowed` lists compiler arguments that a user may pass one by one: exact ("-O2") or with one
     trailing `*` that stands for at least one character ("-D*"). `default_value` is empty. What
     the user passed and the list allows arrives as cex_plan_request.compile_args. The host never
     lets a path through in place of the star. */
  CEX_OPTION_ARGUMENT = 2u,
  /* The same for arguments to the run-time system ("-Xss*"); arrives as runtime_args. An argument
     that both kinds allow arrives in both lists; one that neither allows is refused. */
  CEX_OPTION_RUNTIME_ARGUMENT = 4u
};

/* describe(): what a user may ask for. The host checks: plan() sees only values from `allowed`. */
typedef struct cex_option {
  cex_record h;
  cex_str language, id, default_value; /* "cpp", "std", "gnu++17" */
  cex_list allowed;                    /* closed list; empty only with CEX_OPTION_FREE_TEXT */
} cex_option;

enum {
  /* Run the probe for every candidate that exists (several installed versions), not only for the
     first. Executables with the same real path count once. */
  CEX_PROBE_EVERY = 1u
};

/* describe(): "please run this in a box and show me the output". The order of probes is the order
   of preference among tool chains. */
typedef struct cex_probe {
  cex_record h;
  cex_str id;
  // Tried in order. A bare command name is looked up in the operator's tool directories
  // (/usr/local/bin, /usr/bin, /usr/local/go/bin, ...). An absolute path may hold `*` in one
  // component ("/usr/lib/jvm/*/bin/javac"); matches are tried in byte order.
  cex_list candidates;
  cex_list args; /* "-version" */
} cex_probe;

/* recognise(): the answer to a probe, at most one. The host prefers tool chains of an earlier probe
   (gcc before clang), then newer versions; the first is the language's default. One without
   languages is a tool (a linker, say): plan() hears of it in cex_plan_request.tools. */
typedef struct cex_toolchain {
  cex_record h;
  cex_str id, executable; /* "openjdk-17"; absolute path, usually cex_probe_output.executable */
  cex_str version, label; /* "17.0.9"; "OpenJDK 17.0.9" */
  cex_list languages;
  /* What must be visible in the box, absolute. Filtered by the operator's allow list; one that does
     not exist is skipped. The base system below /usr need not be named. */
  cex_list read_only_paths;
} cex_toolchain;

enum { CEX_PHASE_COMPILE = 1, CEX_PHASE_RUN = 2, CEX_PHASE_WARM = 3 };

enum {
  CEX_STEP_NEEDS_EXEC_MEMORY = 1u, /* makes writable memory executable: JIT compilers */
  CEX_STEP_NEEDS_PROC = 2u,        /* reads /proc of its own box */
  CEX_STEP_KEEP_STDIN = 4u, /* the job's stdin goes to this step; other steps read /dev/null */
  /* COMPILE: what it makes depends on the files of the box, the step and the tool chain, and on
     nothing else (no clock, no names of files outside): the host may give what it made before. */
  CEX_STEP_REPEATABLE = 8u,
  /* COMPILE: a quicker way to what the other steps of the plan make. If all steps with this flag
     count, the others are left out; if one does not, nobody hears of it and the others run. One
     counts that exits with 0 and prints nothing; see `unless`. */
  CEX_STEP_ATTEMPT = 16u
};

/* plan(): one process to run in the box. Steps of a phase run in the order of emission. */
typedef struct cex_step {
  cex_record h;
  uint32_t phase; /* CEX_PHASE_*; must be the phase that was asked for */
  uint32_t reserved;
  cex_str name;  /* "javac": 1 to 64 printable ASCII characters, its own in the plan */
  cex_str cwd;   /* relative to the box folder; not said = the box folder itself */
  cex_list argv; /* argv[0] absolute */
  cex_list env;  /* "NAME=value"; PATH, HOME, LANG, TMPDIR are set by the host */
  /* Which of the request's files the step sees: names or globs; empty = all of them. */
  cex_list inputs;
  // COMPILE: everything that the run needs, relative to the box folder: names or globs, where `*`
  // stays in one component and a leading `**/` crosses folders ("**/*.class"). Only declared
  // outputs leave the compile box. The RUN box holds them besides the job's own files.
  cex_list outputs;
  /* WARM: the id of the layer that the step fills. COMPILE and RUN: ids of layers that the step
     uses or would have used; one that is missing is built for the next job. */
  cex_list layers;
  /* Resource hints; 0 = host default. They move defaults, never the operator's ceilings. */
  uint32_t hint_threads;               /* threads of the tool or run-time system itself */
  uint32_t hint_processes;             /* child processes of the tool */
  uint64_t hint_address_space_bytes;   /* a JVM or Go maps far more than it touches */
  uint64_t hint_overhead_memory_bytes; /* the run-time system's own, on top of the user's limit */
  uint64_t hint_tmp_bytes;             /* temporary files below /tmp */
  uint64_t hint_cpu_ms;                /* CPU time that a small program needs in this step */
  /* With CEX_STEP_ATTEMPT: texts. One that exits by itself counts, whatever its status and whatever
     it prints, unless one of these is in it: then the quicker way would have said it otherwise. */
  cex_list unless;
} cex_step;

/* plan(WARM): read-only files that spare jobs work, in every box at the place that
   cex_plan_request.layers names. The outputs of the WARM steps that list its id fill it, once; they
   run in boxes like any other, with nothing of any user in them. */
typedef struct cex_layer {
  cex_record h;
  cex_str id;          /* its own in the plugin; names the variant too: "pch-gnu++17-O2" */
  cex_str version_key; /* built anew when it changes, as with tool chain, plugin and steps */
  /* Absolute: files, and folders with all below them, that went into it. Built anew when one of
     them changes its size or time. */
  cex_list inputs;
  uint64_t max_bytes; /* 0 = the host's default */
} cex_layer;

enum { CEX_FILE_EXECUTABLE = 1u };

/* plan(): a file of the plugin's own that a step finds in its box, besides those of the job. One of
   the job with the same name wins. */
typedef struct cex_file {
  cex_record h;
  cex_str step;    /* empty: all steps of this plan; or the id of a preboot: its alone */
  cex_str path;    /* box-relative */
  cex_str content; /* may hold any bytes */
} cex_file;

/* Where a process that was started ahead finds its ends of two pipes. */
enum { CEX_GATE_GO_FD = 3, CEX_GATE_READY_FD = 4 };

/* plan(COMPILE, RUN): how the program of a step can be started before its job is there, in the box
   that the job will get, to be used once. The host may do so for jobs to come, and uses it for one
   whose plan says the same; all others start the step itself, and must not be able to tell.
   The process stops at its gate, a place after the run-time system's start and before anything of
   the job is looked at: it writes one byte to CEX_GATE_READY_FD and closes it, reads CEX_GATE_GO_FD
   to end of file and closes that too. Where the run-time system opens the program before it comes
   there, a file of the gate's may have the program's name; it must be empty, and the job's is
   written into it. By then it must have removed from its box, its variables and
   its children's what is the gate's, and must have printed nothing. Afterwards the job's files are
   there, and it goes on as if it had just been started. Its CPU time counts from then on. */
typedef struct cex_preboot {
  cex_record h;
  cex_str id;    /* its own in the plan */
  cex_str step;  /* name of the step */
  cex_list argv; /* instead of the step's, with the same argv[0] */
  cex_list env;  /* besides the step's; names that the step does not have */
} cex_preboot;

enum { CEX_SEVERITY_ERROR = 1, CEX_SEVERITY_WARNING = 2, CEX_SEVERITY_NOTE = 3 };

/* diagnose(). Lines and columns count from 1; 0 = unknown. */
typedef struct cex_diagnostic {
  cex_record h;
  uint32_t severity, line, column, end_line, end_column;
  uint32_t reserved;
  cex_str file, code, message; /* "main.cpp", "-Wunused", "unused variable 'x'" */
} cex_diagnostic;

/* ---- Host to plugin: requests, borrowed for the call ---- */

typedef struct cex_probe_output {
  cex_record h;
  cex_str probe, executable; /* id of the probe; real path, links resolved */
  int32_t exit_code;         /* -1 when a signal ended it */
  uint32_t reserved;
  cex_str out, err; /* at most 64 KiB each */
} cex_probe_output;

typedef struct cex_plan_request {
  cex_record h;
  uint32_t phase;        /* CEX_PHASE_* */
  uint32_t cpus_milli;   /* CPU share in 1/1000 core: GOMAXPROCS and friends; 0 = not said */
  uint64_t memory_bytes; /* the user's limit in this phase: -Xmx, GOMEMLIMIT; 0 = not said */
  cex_str language, toolchain, executable, version;
  cex_str box_dir;    /* where the job's files lie inside the box, absolute: "/box" */
  cex_str out_dir;    /* where outputs go; the same as box_dir now */
  cex_str entry_file; /* box-relative name of the program; chosen by the user or the default file */
  cex_list files;     /* box-relative, named by the user; RUN: with the outputs of COMPILE */
  cex_list options;   /* "id=value": every option of the language, checked, defaults filled in */
  cex_list args;      /* RUN: the program's own arguments */
  cex_list compile_args; /* see CEX_OPTION_ARGUMENT; given in both phases */
  cex_list runtime_args; /* see CEX_OPTION_RUNTIME_ARGUMENT; given in both phases */
  cex_list contents;     /* of `files`, in their order: the first 64 KiB each, any bytes, hostile */
  cex_list layers;       /* "id=place": layers that are ready, and where they lie in the box */
  cex_list tools;        /* "id=executable": see cex_toolchain */
} cex_plan_request;

enum { CEX_OUTPUT_TRUNCATED = 1u }; /* flag: the compiler said more than the host kept */

/* The text is written by the user (#error, names): at most 256 KiB, lines of 4 KiB. */
typedef struct cex_compiler_output {
  cex_record h;
  cex_str language, text;
} cex_compiler_output;

/* ---- Function tables ---- */

/* The host's, one per call. Not thread-safe. Do not keep it. */
typedef struct cex_sink {
  uint32_t struct_size, reserved;
  void* ctx;
  /* The host copies before returning. Not CEX_OK: stop emitting, return that status. */
  cex_status (*emit)(void* ctx, uint32_t kind, const cex_record* record) CEX_NOEXCEPT;
  /* Says why the slot is about to return a failure. */
  void (*error)(void* ctx, cex_status code, cex_str message) CEX_NOEXCEPT;
} cex_sink;

/* The host's; valid until close() returns. */
typedef struct cex_host {
  uint32_t struct_size, abi_major, abi_minor, reserved;
  cex_str version;         /* the host's semantic version */
  uint64_t known_features; /* bits that may appear in required_features */
  void* ctx;
  /* [any thread] Level 0 debug, 1 info, 2 warning, 3 error. */
  void (*log)(void* ctx, int32_t level, cex_str message) CEX_NOEXCEPT;
  /* [any thread] "cex.NAME/REV" to a table, or null. */
  const void* (*extension)(void* ctx, const char* id)CEX_NOEXCEPT;
} cex_host;

/* The plugin's; static data, so versions are read before any call. */
typedef struct cex_plugin {
  uint64_t magic; /* CEX_ABI_MAGIC */
  uint32_t struct_size, abi_major, abi_minor, reserved;
  const char* id;       /* "org.example.go"; NUL-terminated, like the next two */
  const char* version;  /* semantic version of the plugin */
  const char* min_host; /* oldest host that will do */
  /* [once] Stores the instance in *self. May refuse the host with CEX_E_UNSUPPORTED. */
  cex_status (*open)(const cex_host* host, void** self) CEX_NOEXCEPT;
  /* [once, last] Nothing of the plugin is used afterwards. */
  void (*close)(void* self) CEX_NOEXCEPT;
  /* [any thread, concurrent] Emits languages, options, probes. Deterministic, like all below. */
  cex_status (*describe)(void* self, const cex_sink* sink) CEX_NOEXCEPT;
  /* [any thread, concurrent] Emits tool chains, or nothing when the output is not understood. */
  cex_status (*recognise)(void* self, const cex_probe_output* output,
                          const cex_sink* sink) CEX_NOEXCEPT;
  /* [any thread, concurrent] Emits steps (WARM: layers, preboots). Nothing = nothing to do. */
  cex_status (*plan)(void* self, const cex_plan_request* request,
                     const cex_sink* sink) CEX_NOEXCEPT;
  /* [any thread, concurrent] Emits diagnostics. May be null. */
  cex_status (*diagnose)(void* self, const cex_compiler_output* output,
                         const cex_sink* sink) CEX_NOEXCEPT;
  /* [any thread, concurrent] "cex.NAME/REV" to a table, or null. May itself be null. */
  const void* (*extension)(void* self, const char* id)CEX_NOEXCEPT;
} cex_plugin;

extern CEX_EXPORT const cex_plugin cex_plugin_v1;

/* ---- The layout, pinned ---- */

#define CEX_PIN(type, field, offset)                   \
  CEX_STATIC_ASSERT(offsetof(type, field) == (offset), \
                    #type "." #field " moved: that is a new ABI major")
#define CEX_PIN_SIZE(type, size) \
  CEX_STATIC_ASSERT(sizeof(type) == (size), #type " changed its size")

CEX_STATIC_ASSERT(sizeof(void*) == 8 && sizeof(size_t) == 8,
                  "the plugin ABI is for 64-bit targets");
CEX_PIN(cex_str, len, 8);
CEX_PIN_SIZE(cex_str, 16);
CEX_PIN(cex_list, count, 8);
CEX_PIN_SIZE(cex_list, 16);
CEX_PIN(cex_record, flags, 4);
CEX_PIN(cex_record, required_features, 8);
CEX_PIN_SIZE(cex_record, 16);

CEX_PIN(cex_language, id, 16);
CEX_PIN(cex_language, name, 32);
CEX_PIN(cex_language, family, 48);
CEX_PIN(cex_language, aliases, 64);
CEX_PIN(cex_language, extensions, 80);
CEX_PIN(cex_language, default_file, 96);
CEX_PIN(cex_language, editor_mode, 112);
CEX_PIN(cex_language, hello, 128);
CEX_PIN_SIZE(cex_language, 144);

CEX_PIN(cex_option, language, 16);
CEX_PIN(cex_option, id, 32);
CEX_PIN(cex_option, default_value, 48);
CEX_PIN(cex_option, allowed, 64);
CEX_PIN_SIZE(cex_option, 80);

CEX_PIN(cex_probe, id, 16);
CEX_PIN(cex_probe, candidates, 32);
CEX_PIN(cex_probe, args, 48);
CEX_PIN_SIZE(cex_probe, 64);

CEX_PIN(cex_toolchain, id, 16);
CEX_PIN(cex_toolchain, executable, 32);
CEX_PIN(cex_toolchain, version, 48);
CEX_PIN(cex_toolchain, label, 64);
CEX_PIN(cex_toolchain, languages, 80);
CEX_PIN(cex_toolchain, read_only_paths, 96);
CEX_PIN_SIZE(cex_toolchain, 112);

CEX_PIN(cex_step, phase, 16);
CEX_PIN(cex_step, name, 24);
CEX_PIN(cex_step, cwd, 40);
CEX_PIN(cex_step, argv, 56);
CEX_PIN(cex_step, env, 72);
CEX_PIN(cex_step, inputs, 88);
CEX_PIN(cex_step, outputs, 104);
CEX_PIN(cex_step, layers, 120);
CEX_PIN(cex_step, hint_threads, 136);
CEX_PIN(cex_step, hint_processes, 140);
CEX_PIN(cex_step, hint_address_space_bytes, 144);
CEX_PIN(cex_step, hint_overhead_memory_bytes, 152);
CEX_PIN(cex_step, hint_tmp_bytes, 160);
CEX_PIN(cex_step, hint_cpu_ms, 168);
CEX_PIN(cex_step, unless, 176);
CEX_PIN_SIZE(cex_step, 192);

CEX_PIN(cex_layer, id, 16);
CEX_PIN(cex_layer, version_key, 32);
CEX_PIN(cex_layer, inputs, 48);
CEX_PIN(cex_layer, max_bytes, 64);
CEX_PIN_SIZE(cex_layer, 72);

CEX_PIN(cex_file, step, 16);
CEX_PIN(cex_file, path, 32);
CEX_PIN(cex_file, content, 48);
CEX_PIN_SIZE(cex_file, 64);

CEX_PIN(cex_preboot, id, 16);
CEX_PIN(cex_preboot, step, 32);
CEX_PIN(cex_preboot, argv, 48);
CEX_PIN(cex_preboot, env, 64);
CEX_PIN_SIZE(cex_preboot, 80);

CEX_PIN(cex_diagnostic, severity, 16);
CEX_PIN(cex_diagnostic, line, 20);
CEX_PIN(cex_diagnostic, column, 24);
CEX_PIN(cex_diagnostic, end_line, 28);
CEX_PIN(cex_diagnostic, end_column, 32);
CEX_PIN(cex_diagnostic, file, 40);
CEX_PIN(cex_diagnostic, code, 56);
CEX_PIN(cex_diagnostic, message, 72);
CEX_PIN_SIZE(cex_diagnostic, 88);

CEX_PIN(cex_probe_output, probe, 16);
CEX_PIN(cex_probe_output, executable, 32);
CEX_PIN(cex_probe_output, exit_code, 48);
CEX_PIN(cex_probe_output, out, 56);
CEX_PIN(cex_probe_output, err, 72);
CEX_PIN_SIZE(cex_probe_output, 88);

CEX_PIN(cex_plan_request, phase, 16);
CEX_PIN(cex_plan_request, cpus_milli, 20);
CEX_PIN(cex_plan_request, memory_bytes, 24);
CEX_PIN(cex_plan_request, language, 32);
CEX_PIN(cex_plan_request, toolchain, 48);
CEX_PIN(cex_plan_request, executable, 64);
CEX_PIN(cex_plan_request, version, 80);
CEX_PIN(cex_plan_request, box_dir, 96);
CEX_PIN(cex_plan_request, out_dir, 112);
CEX_PIN(cex_plan_request, entry_file, 128);
CEX_PIN(cex_plan_request, files, 144);
CEX_PIN(cex_plan_request, options, 160);
CEX_PIN(cex_plan_request, args, 176);
CEX_PIN(cex_plan_request, compile_args, 192);
CEX_PIN(cex_plan_request, runtime_args, 208);
CEX_PIN(cex_plan_request, contents, 224);
CEX_PIN(cex_plan_request, layers, 240);
CEX_PIN(cex_plan_request, tools, 256);
CEX_PIN_SIZE(cex_plan_request, 272);

CEX_PIN(cex_compiler_output, language, 16);
CEX_PIN(cex_compiler_output, text, 32);
CEX_PIN_SIZE(cex_compiler_output, 48);

CEX_PIN(cex_sink, ctx, 8);
CEX_PIN(cex_sink, emit, 16);
CEX_PIN(cex_sink, error, 24);
CEX_PIN_SIZE(cex_sink, 32);

CEX_PIN(cex_host, version, 16);
CEX_PIN(cex_host, known_features, 32);
CEX_PIN(cex_host, ctx, 40);
CEX_PIN(cex_host, log, 48);
CEX_PIN(cex_host, extension, 56);
CEX_PIN_SIZE(cex_host, 64);

CEX_PIN(cex_plugin, struct_size, 8);
CEX_PIN(cex_plugin, abi_major, 12);
CEX_PIN(cex_plugin, abi_minor, 16);
CEX_PIN(cex_plugin, id, 24);
CEX_PIN(cex_plugin, version, 32);
CEX_PIN(cex_plugin, min_host, 40);
CEX_PIN(cex_plugin, open, 48);
CEX_PIN(cex_plugin, close, 56);
CEX_PIN(cex_plugin, describe, 64);
CEX_PIN(cex_plugin, recognise, 72);
CEX_PIN(cex_plugin, plan, 80);
CEX_PIN(cex_plugin, diagnose, 88);
CEX_PIN(cex_plugin, extension, 96);
CEX_PIN_SIZE(cex_plugin, 104);

#undef CEX_PIN
#undef CEX_PIN_SIZE

#ifdef __cplusplus
}
#endif
