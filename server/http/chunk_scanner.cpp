// SPDX-License-Identifier: Apache-2.0
#include "server/http/chunk_scanner.hpp"

#include <algorithm>

namespace cex::http {
namespace {

constexpr int kMaxSizeDigits = 8;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::size_t ChunkScanner::scan(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && status_ == Status::more) {
    if (expect_ == Expect::data) {
      const auto run = std::min<std::uint64_t>(left_, bytes.size() - used);
      left_ -= run;
      used += static_cast<std::size_t>(run);
      if (left_ == 0) expect_ = Expect::data_return;
    } else {
      step(bytes[used++]);
    }
  }
  return used;
}

void ChunkScanner::step(char c) {
  const auto need = [&](char wanted, Expect next) {
    if (c == wanted) {
      expect_ = next;
    } else {
      status_ = Status::broken;
    }
  };
  switch (expect_) {
    case Expect::size:
      if (const int value = hex_value(c); value >= 0 && digits_ < kMaxSizeDigits) {
        left_ = left_ * 16 + static_cast<std::uint64_t>(value);
        ++digits_;
      } else if (c == '\r' && digits_ > 0) {
        expect_ = Expect::size_feed;
      } else {
        status_ = Status::broken;
      }
      break;
    case Expect::size_feed:
      need('\n', left_ > 0 ? Expect::data : Expect::end_return);
      break;
    case Expect::data:
      break;  // scan() takes whole runs
    case Expect::data_return:
      need('\r', Expect::data_feed);
      break;
    case Expect::data_feed:
      need('\n', Expect::size);
      digits_ = 0;
      left_ = 0;
      break;
    case Expect::end_return:
      need('\r', Expect::end_feed);
      break;
    case Expect::end_feed:
      need('\n', Expect::size);
      if (status_ == Status::more) status_ = Status::complete;
      break;
  }
}

}  // namespace cex::http
