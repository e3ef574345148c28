// SPDX-License-Identifier: Apache-2.0
#include "core/storage/cbor_shape.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cex::storage {
namespace {

TEST(CborShape, takes_one_whole_value) {
  using namespace std::string_view_literals;
  for (const std::string_view good :
       {"\x00"sv, "\x60"sv,
        "\x63"
        "abc"sv,
        "\x82\x01\x02"sv,
        "\xa1\x61"
        "a\x01"sv,
        "\x9f\x01\xff"sv,
        "\x5f\x41"
        "a\xff"sv,
        "\xf6"sv, "\xfb\0\0\0\0\0\0\0\0"sv, "\xc1\x00"sv, "\x19\x01\x00"sv}) {
    EXPECT_TRUE(is_shallow_cbor(good));
  }
  for (const std::string_view bad :
       {""sv,
        "\x63"
        "ab"sv,
        "\x82\x01"sv, "\x01\x02"sv, "\xff"sv, "\x9f\x01"sv, "\x1c"sv, "\x1f"sv,
        "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"sv, "\x5b\xff\xff\xff\xff\xff\xff\xff\xff"sv,
        "\xbb\x80\0\0\0\0\0\0\0"sv, "\x19\x01"sv}) {
    EXPECT_FALSE(is_shallow_cbor(bad));
  }
}

TEST(CborShape, refuses_what_lies_too_deep) {
  EXPECT_TRUE(is_shallow_cbor(std::string(31, '\x81') + '\x00'));
  EXPECT_FALSE(is_shallow_cbor(std::string(32, '\x81') + '\x00'));
  EXPECT_FALSE(is_shallow_cbor(std::string(1 << 22U, '\x81')));
  EXPECT_FALSE(is_shallow_cbor(std::string(1 << 22U, '\x9f')));
}

}  // namespace
}  // namespace cex::storage
