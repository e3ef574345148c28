/* SPDX-License-Identifier: Apache-2.0 */
/* A language plugin in plain C: no wrapper, only the records of <cex/plugin_abi.h>. */
#include <string.h>

#include <cex/plugin_abi.h>

#define TEXT(literal) ((cex_str){(literal), sizeof(literal) - 1})
#define LIST(array) ((cex_list){(array), sizeof(array) / sizeof((array)[0])})

enum { MAX_ARGV = 512 };

static cex_status open_plugin(const cex_host* host, void** self) {
  (void)host;
  *self = NULL; /* no state: every call is a pure function of its request */
  return CEX_OK;
}

static void close_plugin(void* self) {
  (void)self;
}

static cex_status describe(void* self, const cex_sink* sink) {
  (void)self;
  const cex_str extensions[] = {TEXT(".pl")};
  cex_language perl = {.h = {.struct_size = sizeof perl, .flags = CEX_LANGUAGE_COMPILED}};
  perl.id = TEXT("demo-perl");
  perl.name = TEXT("Perl (demo)");
  perl.family = TEXT("demo");
  perl.extensions = LIST(extensions);
  perl.default_file = TEXT("main.pl");
  perl.editor_mode = TEXT("perl");
  perl.hello = TEXT("print \"Hello, world!\\n\";\n");
  cex_status status = sink->emit(sink->ctx, CEX_LANGUAGE, &perl.h);
  if (status != CEX_OK) return status;

  const cex_str candidates[] = {TEXT("perl")};
  const cex_str args[] = {TEXT("-v")};
  cex_probe probe = {.h = {.struct_size = sizeof probe}};
  probe.id = TEXT("perl");
  probe.candidates = LIST(candidates);
  probe.args = LIST(args);
  return sink->emit(sink->ctx, CEX_PROBE, &probe.h);
}

/* Position of `needle` in `text`, or text.len. */
static size_t find(cex_str text, const char* needle) {
  const size_t length = strlen(needle);
  for (size_t at = 0; length <= text.len && at <= text.len - length; ++at) {
    if (memcmp(text.ptr + at, needle, length) == 0) return at;
  }
  return text.len;
}

/* "This is perl 5, version 36, subversion 0 (v5.36.0) built for ..." */
static cex_status recognise(void* self, const cex_probe_output* output, const cex_sink* sink) {
  (void)self;
  const size_t at = find(output->out, " (v");
  if (output->exit_code != 0 || find(output->out, "This is perl") == output->out.len) return CEX_OK;
  if (at == output->out.len) return CEX_OK;
  const char* begin = output->out.ptr + at + 3;
  const char* end = begin;
  const char* limit = output->out.ptr + output->out.len;
  while (end < limit && ((*end >= '0' && *end <= '9') || *end == '.')) ++end;
  if (end == begin) return CEX_OK;

  const cex_str languages[] = {TEXT("demo-perl")};
  cex_toolchain found = {.h = {.struct_size = sizeof found}};
  found.id = TEXT("perl");
  found.executable = output->executable;
  found.version = (cex_str){begin, (size_t)(end - begin)};
  found.label = TEXT("Perl 5");
  found.languages = LIST(languages);
  return sink->emit(sink->ctx, CEX_TOOLCHAIN, &found.h);
}

static cex_status plan(void* self, const cex_plan_request* from, const cex_sink* sink) {
  (void)self;
  /* The size rule: what an older host did not send reads as zero. */
  cex_plan_request request = {0};
  const size_t size = from->h.struct_size < sizeof request ? from->h.struct_size : sizeof request;
  memcpy(&request, from, size);
  if (request.phase == CEX_PHASE_WARM) return CEX_OK;
  if (request.args.count > MAX_ARGV - 4 || request.executable.len == 0) {
    sink->error(sink->ctx, CEX_E_INVALID_REQUEST, TEXT("no executable, or too many arguments"));
    return CEX_E_INVALID_REQUEST;
  }

  cex_str argv[MAX_ARGV];
  size_t count = 0;
  argv[count++] = request.executable;
  cex_step step = {.h = {.struct_size = sizeof step}, .phase = request.phase};
  if (request.phase == CEX_PHASE_COMPILE) {
    argv[count++] = TEXT("-c"); /* checks the syntax, makes nothing */
    step.name = TEXT("check");
  } else {
    step.name = TEXT("perl");
    step.h.flags = CEX_STEP_KEEP_STDIN;
  }
  argv[count++] = TEXT("--"); /* a file called -e must not become an option */
  argv[count++] = request.entry_file;
  for (size_t i = 0; request.phase == CEX_PHASE_RUN && i < request.args.count; ++i) {
    argv[count++] = request.args.items[i];
  }
  step.argv = (cex_list){argv, count};
  return sink->emit(sink->ctx, CEX_STEP, &step.h);
}

/* "syntax error at main.pl line 3, near ..." : one diagnostic a line. */
static cex_status diagnose(void* self, const cex_compiler_output* output, const cex_sink* sink) {
  (void)self;
  cex_str text = output->text;
  for (int found = 0; text.len != 0 && found < 200;) {
    const size_t end = find(text, "\n");
    const cex_str line = {text.ptr, end};
    const size_t skip = end < text.len ? end + 1 : end;
    text = (cex_str){text.ptr + skip, text.len - skip};

    const size_t at = find(line, " at ");
    const size_t number = find(line, " line ");
    if (number == line.len || at + 4 >= number) continue;
    cex_diagnostic said = {.h = {.struct_size = sizeof said}, .severity = CEX_SEVERITY_ERROR};
    said.message = (cex_str){line.ptr, at};
    said.file = (cex_str){line.ptr + at + 4, number - at - 4};
    for (size_t i = number + 6; i < line.len && i < number + 15; ++i) {
      if (line.ptr[i] < '0' || line.ptr[i] > '9') break;
      said.line = said.line * 10 + (uint32_t)(line.ptr[i] - '0');
    }
    if (said.line == 0) continue;
    const cex_status status = sink->emit(sink->ctx, CEX_DIAGNOSTIC, &said.h);
    if (status != CEX_OK) return status;
    ++found;
  }
  return CEX_OK;
}

const cex_plugin cex_plugin_v1 = {
    .magic = CEX_ABI_MAGIC,
    .struct_size = sizeof(cex_plugin),
    .abi_major = CEX_ABI_MAJOR,
    .abi_minor = CEX_ABI_MINOR,
    .id = "org.example.perl",
    .version = "1.0.0",
    .min_host = "0.1.0",
    .open = open_plugin,
    .close = close_plugin,
    .describe = describe,
    .recognise = recognise,
    .plan = plan,
    .diagnose = diagnose,
};
