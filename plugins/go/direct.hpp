// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <cex/plugin.hpp>

#include "plain_package.hpp"

/// The compiler and the linker called as `go build` would call them, without what it needs to find
/// that out: two thirds of the time of a small program. The layer knows their arguments.
namespace cex::plugins::go {

/// A command that makes ./program of a package in the box folder by the layer at `layer`, or says
/// about its errors what `go build` would say. Empty where that is not possible.
[[nodiscard]] plugin::Strings direct_command(const plugin::PlanRequest& request,
                                             const std::string& layer, const PlainPackage& package);

/// An attempt to make the program of this job. None if the job is not plain enough, or while there
/// is no layer.
[[nodiscard]] std::optional<plugin::Step> direct_step(const plugin::PlanRequest& request);

}  // namespace cex::plugins::go
