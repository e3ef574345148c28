// SPDX-License-Identifier: Apache-2.0
#include "java_warm.hpp"

#include <algorithm>
#include <string>

#include <cex/scan.hpp>
#include <gtest/gtest.h>

#include "training.hpp"

namespace cex::plugins::jvm {
namespace {

plugin::Plan warm(std::string_view version) {
  return warm_java({.phase = plugin::Phase::warm,
                    .language = "java",
                    .executable = "/opt/jdk/bin/javac",
                    .version = version,
                    .box_dir = "/box",
                    .out_dir = "/box"},
                   {"/opt/jdk", std::string(version)});
}

const plugin::Step& step(const plugin::Plan& plan, std::string_view name) {
  const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                  [&](const plugin::Step& one) { return one.name == name; });
  if (found == plan.steps.end()) throw std::out_of_range(std::string(name));
  return *found;
}

bool has(const plugin::Strings& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

TEST(JavaWarm, has_nothing_for_a_jdk_that_makes_no_archives) {
  const auto plan = warm("8.0");
  EXPECT_TRUE(plan.layers.empty());
  EXPECT_TRUE(plan.steps.empty());
  EXPECT_TRUE(plan.files.empty());
}

TEST(JavaWarm, fills_each_layer_with_the_archive_that_jobs_look_for) {
  const auto plan = warm("17.0.15");
  ASSERT_EQ(plan.layers.size(), 2U);
  EXPECT_EQ(plan.layers[0].id, kJavacArchive.layer);
  EXPECT_EQ(plan.layers[1].id, kJavaArchive.layer);
  for (const auto& layer : plan.layers) {
    EXPECT_TRUE(has(layer.inputs, "/opt/jdk/lib/modules"));
    const auto last =
        std::find_if(plan.steps.rbegin(), plan.steps.rend(),
                     [&](const plugin::Step& one) { return has(one.layers, layer.id); });
    ASSERT_NE(last, plan.steps.rend());
    const bool through_javac = layer.id == kJavacArchive.layer;
    const std::string archive(through_javac ? kJavacArchive.file : kJavaArchive.file);
    EXPECT_EQ(last->outputs, plugin::Strings{archive});
    EXPECT_TRUE(has(last->argv, std::string(through_javac ? "-J" : "") +
                                    "-XX:SharedArchiveFile=/box/" + archive));
  }
  for (const auto& one : plan.steps) EXPECT_EQ(one.layers.size(), 1U) << one.name;
}

TEST(JavaWarm, dumps_with_a_class_path_that_holds_nothing) {
  const auto argv = step(warm("25.0.3"), "dump-java").argv;
  const auto path = std::find(argv.begin(), argv.end(), "-cp");
  ASSERT_NE(path, argv.end());
  EXPECT_EQ(*(path + 1), "/opt/jdk/lib/no-classes");
  EXPECT_FALSE(has(step(warm("25.0.3"), "train-javac").argv, "-cp"));
}

TEST(JavaWarm, trains_on_what_the_release_understands) {
  struct Case {
    const char* version;
    bool records;
    bool patterns;
  };
  for (const Case& one : {Case{"11.0.2", false, false}, Case{"17.0.15", true, false},
                          Case{"20", true, false}, Case{"21.0.1", true, true}}) {
    const auto plan = warm(one.version);
    EXPECT_TRUE(has(step(plan, "train-java").argv, "Shapes"));
    EXPECT_EQ(has(step(plan, "train-java").argv, "Records"), one.records) << one.version;
    EXPECT_EQ(has(step(plan, "train-java").argv, "Patterns"), one.patterns) << one.version;
    const std::string patterns = "org/codeexecutor/training/Patterns.java";
    EXPECT_EQ(has(step(plan, "train-javac").argv, patterns), one.patterns) << one.version;
  }
}

TEST(JavaWarm, names_only_files_that_it_brings_along_and_brings_none_in_vain) {
  const auto plan = warm("21.0.1");
  plugin::Strings brought;
  for (const auto& file : plan.files) {
    EXPECT_FALSE(file.content.empty()) << file.path;
    brought.push_back(file.path);
  }
  plugin::Strings named;
  for (const auto& one : plan.steps) {
    for (const auto& arg : one.argv) {
      if (plugin::ends_with(arg, ".java")) named.push_back(arg);
    }
  }
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  std::sort(brought.begin(), brought.end());
  EXPECT_EQ(named, brought);
}

TEST(Training, bears_no_name_that_a_users_class_may_have) {
  for (const TrainingFile& file : training_files()) {
    const char* first = plugin::ends_with(file.name, ".clj") ? "\n(ns " : "\npackage ";
    EXPECT_NE(file.content.find(std::string(first) + "org.codeexecutor.training"),
              std::string::npos)
        << file.name;
  }
}

}  // namespace
}  // namespace cex::plugins::jvm
