// SPDX-License-Identifier: Apache-2.0
#include "core/storage/cbor_shape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace cex::storage {
namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::uint64_t kOpenEnd = UINT64_MAX;  // a break says where it ends

class Walker {
 public:
  explicit Walker(std::string_view bytes) : bytes_{bytes} {}

  [[nodiscard]] bool walk() {
    if (!push(1)) return false;
    while (depth_ > 0) {
      std::uint64_t& left = left_[depth_ - 1];
      if (left == 0) {
        --depth_;
        continue;
      }
      if (left != kOpenEnd) --left;
      if (!item(left == kOpenEnd)) return false;
    }
    return at_ == bytes_.size();
  }

 private:
  bool push(std::uint64_t items) {
    if (depth_ == left_.size()) return false;
    left_[depth_++] = items;
    return true;
  }

  bool skip(std::uint64_t count) {
    if (count > bytes_.size() - at_) return false;
    at_ += static_cast<std::size_t>(count);
    return true;
  }

  std::optional<std::uint64_t> argument(unsigned info) {
    if (info < 24) return info;
    const std::size_t size = std::size_t{1} << (info - 24U);
    if (info > 27 || size > bytes_.size() - at_) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = (value << 8U) | static_cast<unsigned char>(bytes_[at_++]);
    }
    return value;
  }

  bool item(bool may_break) {
    if (at_ == bytes_.size()) return false;
    const auto head = static_cast<unsigned char>(bytes_[at_++]);
    const unsigned major = head >> 5U;
    const unsigned info = head & 0x1FU;
    if (head == 0xFF) {
      if (may_break) left_[depth_ - 1] = 0;
      return may_break;
    }
    if (info == 31) return major >= 2 && major <= 5 && push(kOpenEnd);
    const auto value = argument(info);
    if (!value) return false;
    switch (major) {
      case 2:
      case 3:
        return skip(*value);
      case 4:
        return *value < kOpenEnd && push(*value);
      case 5:
        return *value < kOpenEnd / 2 && push(*value * 2);
      case 6:
        return push(1);
      default:
        return true;  // numbers, and simple values, whose argument was all
    }
  }

  std::string_view bytes_;
  std::size_t at_{0};
  std::array<std::uint64_t, kDeepest> left_{};
  std::size_t depth_{0};
};

}  // namespace

bool is_shallow_cbor(std::string_view bytes) noexcept {
  return Walker{bytes}.walk();
}

}  // namespace cex::storage
