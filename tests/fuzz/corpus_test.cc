// Every input that a fuzzer starts from, and every one that once broke something, as a unit test.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "targets.h"

namespace migadapter::fuzz {
namespace {

constexpr const char* kCorpora = "tests/fuzz/corpus";

struct Target {
  const char* name;
  void (*run)(std::string_view input);
};

constexpr std::array<Target, 18> kTargets = {{
    {"admission_review", fuzz_admission_review},
    {"decide", fuzz_decide},
    {"exec_credential", fuzz_exec_credential},
    {"grant_annotation", fuzz_grant_annotation},
    {"http_request", fuzz_http_request},
    {"kubeconfig", fuzz_kubeconfig},
    {"lease", fuzz_lease},
    {"list_splitter", fuzz_list_splitter},
    {"mig_profile", fuzz_mig_profile},
    {"node", fuzz_node},
    {"policy", fuzz_policy},
    {"pem", fuzz_pem},
    {"pod", fuzz_pod},
    {"duration", fuzz_duration},
    {"quantity", fuzz_quantity},
    {"simulation", fuzz_simulation},
    {"timestamp", fuzz_timestamp},
    {"watch_frame", fuzz_watch_frame},
}};

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, BreaksNothing) {
  std::size_t inputs = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(kCorpora) / GetParam().name)) {
    SCOPED_TRACE(entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    GetParam().run(std::string(std::istreambuf_iterator<char>(file), {}));
    ++inputs;
  }
  EXPECT_GT(inputs, 0U);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(Corpora, BelongToATargetEach) {
  std::set<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpora)) {
    folders.insert(entry.path().filename());
  }
  std::set<std::string> targets;
  for (const Target& target : kTargets) targets.insert(target.name);
  EXPECT_EQ(folders, targets);
}

}  // namespace
}  // namespace migadapter::fuzz
