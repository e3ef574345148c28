// SPDX-License-Identifier: Apache-2.0
#include "elf_check.hpp"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace cex::testkit {
namespace {

/// Bounds-checked reader of a 64-bit little-endian ELF file.
class Elf {
 public:
  explicit Elf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    head_ = at<Elf64_Ehdr>(0);
    if (std::memcmp(head_.e_ident, ELFMAG, SELFMAG) != 0 || head_.e_ident[EI_CLASS] != ELFCLASS64) {
      throw std::runtime_error("not a 64-bit ELF file");
    }
    if (head_.e_type != ET_DYN) throw std::runtime_error("not a shared object");
  }

  template <class T>
  [[nodiscard]] T at(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) {
      throw std::runtime_error("the file ends too early");
    }
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
  }

  [[nodiscard]] std::vector<Elf64_Phdr> segments() const {
    std::vector<Elf64_Phdr> all;
    for (unsigned i = 0; i < head_.e_phnum; ++i) {
      all.push_back(at<Elf64_Phdr>(head_.e_phoff + std::uint64_t{i} * sizeof(Elf64_Phdr)));
    }
    return all;
  }

  [[nodiscard]] std::vector<Elf64_Shdr> sections() const {
    std::vector<Elf64_Shdr> all;
    for (unsigned i = 0; i < head_.e_shnum; ++i) {
      all.push_back(at<Elf64_Shdr>(head_.e_shoff + std::uint64_t{i} * sizeof(Elf64_Shdr)));
    }
    return all;
  }

  [[nodiscard]] std::string_view text(std::uint64_t offset) const {
    if (offset >= bytes_.size()) throw std::runtime_error("a name lies outside the file");
    const std::size_t end = bytes_.find('\0', offset);
    return std::string_view(bytes_).substr(offset, end - offset);
  }

 private:
  std::string bytes_;
  Elf64_Ehdr head_{};
};

void check_segments(const Elf& elf, Report& report) {
  bool stack_said = false;
  for (const Elf64_Phdr& segment : elf.segments()) {
    if (segment.p_type == PT_GNU_STACK) {
      stack_said = true;
      if ((segment.p_flags & PF_X) != 0) report.fail("elf", "wants an executable stack");
    }
    if (segment.p_type != PT_DYNAMIC) continue;
    for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= segment.p_filesz;
         at += sizeof(Elf64_Dyn)) {
      const auto entry = elf.at<Elf64_Dyn>(segment.p_offset + at);
      if (entry.d_tag == DT_NULL) break;
      if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH) {
        report.fail("elf", "has an RPATH or RUNPATH: libraries would be taken from other places");
      }
      const bool text_flag = entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_TEXTREL) != 0;
      if (entry.d_tag == DT_TEXTREL || text_flag)
        report.fail("elf", "has TEXTREL: build with -fPIC");
    }
  }
  if (!stack_said) report.fail("elf", "does not say that its stack is not executable");
}

void check_symbols(const Elf& elf, Report& report) {
  const auto sections = elf.sections();
  bool found = false;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections.size()) continue;
    const Elf64_Shdr& names = sections[section.sh_link];
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= section.sh_size; at += sizeof(Elf64_Sym)) {
      const auto symbol = elf.at<Elf64_Sym>(section.sh_offset + at);
      const unsigned binding = ELF64_ST_BIND(symbol.st_info);
      if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS || binding == STB_LOCAL)
        continue;
      const std::string name(elf.text(names.sh_offset + symbol.st_name));
      if (binding == STB_GNU_UNIQUE) report.warn("elf", "GNU_UNIQUE symbol " + name);
      if (name.rfind("cex_plugin_v", 0) == 0) {
        found = true;
      } else {
        report.fail("elf", "exports " + name + "; only cex_plugin_v* may leave the object");
      }
    }
  }
  if (!found) report.fail("elf", "exports no cex_plugin_v1");
}

}  // namespace

void check_elf(const std::string& library, Report& report) {
  try {
    const Elf elf{library};
    Report own;
    check_segments(elf, own);
    check_symbols(elf, own);
    if (own.passed()) own.pass("elf", "the shared object is clean");
    for (const Finding& finding : own.findings()) report.add(finding);
  } catch (const std::runtime_error& problem) {
    report.fail("elf", library + ": " + problem.what());
  }
}

}  // namespace cex::testkit
