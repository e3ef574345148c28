// SPDX-License-Identifier: Apache-2.0
#include "server/dto/io_message.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "server/dto/object_reader.hpp"

namespace cex::dto {
namespace {

constexpr TextRule kName{1, 64, Bytes::no_nul};

IoMessage read_input(ObjectReader& reader) {
  auto bytes = reader.bytes("data", "encoding");
  if (!bytes && reader.take("data") == nullptr) reader.missing("data");
  return IoInput{std::move(bytes).value_or("")};
}

IoMessage read_signal(ObjectReader& reader, Findings& findings) {
  const auto name = reader.text("signal", kName);
  if (!name) {
    if (reader.take("signal") == nullptr) reader.missing("signal");
    return IoSignal{};
  }
  std::string known;
  for (const auto& [signal, number] : kSendableSignals) {
    if (signal == *name) return IoSignal{number};
    known += (known.empty() ? "" : ", ") + std::string{signal};
  }
  findings.add(reader.at("signal"), "must be one of " + known);
  return IoSignal{};
}

IoMessage read_size(ObjectReader& reader) {
  const auto side = [&](std::string_view name) {
    const auto value = reader.whole(name, 1, kMaxWindowSide);
    if (!value && reader.take(name) == nullptr) reader.missing(name);
    return static_cast<std::uint16_t>(value.value_or(0));
  };
  const std::uint16_t rows = side("rows");
  return WindowSize{rows, side("cols")};
}

IoMessage read(ObjectReader& reader, Findings& findings) {
  const auto type = reader.text("type", kName);
  if (type == "stdin") return read_input(reader);
  if (type == "eof") return IoEnd{};
  if (type == "signal") return read_signal(reader, findings);
  if (type == "resize") return read_size(reader);
  findings.add(reader.at("type"), "must be \"stdin\", \"eof\", \"signal\" or \"resize\"");
  return IoEnd{};
}

}  // namespace

tl::expected<IoMessage, std::string> parse_io_message(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return tl::unexpected("a message is a JSON object: " + document.error().message);
  Findings findings;
  ObjectReader reader{*document, "", findings};
  IoMessage message = read(reader, findings);
  if (findings.empty()) reader.finish();
  if (findings.empty()) return message;
  const auto first = findings.take().front();
  return tl::unexpected((first.pointer.empty() ? "the message" : first.pointer) + ": " +
                        first.message);
}

}  // namespace cex::dto
