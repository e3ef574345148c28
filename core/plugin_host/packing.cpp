// SPDX-License-Identifier: Apache-2.0
#include "core/plugin_host/packing.hpp"

namespace cex::plugin_host {
namespace {

// A length without a text or items is a mistake that the reader is to hear of.
constexpr std::uint64_t kNull = UINT64_MAX;

}  // namespace

void Packer::put(cex_str text) {
  if (text.ptr == nullptr && text.len != 0) return put(kNull);
  put(std::uint64_t{text.len});
  if (text.len != 0) bytes_.append(text.ptr, text.len);
}

void Packer::put(cex_list list) {
  if (list.items == nullptr && list.count != 0) return put(kNull);
  put(std::uint64_t{list.count});
  for (std::size_t i = 0; i < list.count; ++i) put(list.items[i]);
}

// The size is the reader's own: it fills in its struct.
void Packer::put(const cex_record& head) {
  put(head.flags);
  put(head.required_features);
}

std::string_view Unpacker::take(std::size_t size) {
  if (!ok_ || size > left_.size()) {
    ok_ = false;
    return {};
  }
  const std::string_view taken = left_.substr(0, size);
  left_.remove_prefix(size);
  return taken;
}

void Unpacker::get(cex_str& text) {
  std::uint64_t size = 0;
  get(size);
  if (ok_ && size == kNull) {
    text = {nullptr, 1};
    return;
  }
  const std::string_view taken = take(size);
  text = {taken.data(), taken.size()};
}

void Unpacker::get(cex_list& list) {
  list = {};
  std::uint64_t count = 0;
  get(count);
  if (ok_ && count == kNull) {
    list = {nullptr, 1};
    return;
  }
  if (!ok_ || count > left_.size() / sizeof(std::uint64_t)) {  // each has its length at least
    ok_ = false;
    return;
  }
  auto& items = lists_.emplace_back(count);
  for (cex_str& item : items) get(item);
  if (ok_) list = {items.data(), items.size()};
}

void Unpacker::get(cex_record& head) {
  get(head.flags);
  get(head.required_features);
}

}  // namespace cex::plugin_host
