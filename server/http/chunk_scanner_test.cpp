// SPDX-License-Identifier: Apache-2.0
#include "server/http/chunk_scanner.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cex::http {
namespace {

using Status = ChunkScanner::Status;

TEST(ChunkScanner, finds_the_end_of_the_body_and_takes_nothing_behind_it) {
  const std::string body = "5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n";
  ChunkScanner scanner;
  EXPECT_EQ(scanner.scan(body + "GET /"), body.size());
  EXPECT_EQ(scanner.status(), Status::complete);
}

TEST(ChunkScanner, does_the_same_byte_by_byte) {
  const std::string body = "5\r\nhello\r\n00\r\n\r\n";
  ChunkScanner scanner;
  for (const char c : body) {
    EXPECT_EQ(scanner.status(), Status::more);
    EXPECT_EQ(scanner.scan({&c, 1}), 1U);
  }
  EXPECT_EQ(scanner.status(), Status::complete);
}

TEST(ChunkScanner, refuses_everything_lenient) {
  for (const char* body :
       {"5;ext=1\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "5\nhello\n0\n\n",
        "\r\n", "g\r\n", "-1\r\n", "0x5\r\nhello\r\n", "123456789\r\n", "5\r\nhelloX\n",
        "5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n"}) {
    ChunkScanner scanner;
    (void)scanner.scan(body);
    EXPECT_EQ(scanner.status(), Status::broken) << body;
  }
}

}  // namespace
}  // namespace cex::http
