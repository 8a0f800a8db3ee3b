// Every input that a fuzzer starts from, and every one that once broke something, as a unit test.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "kube_targets.h"

namespace migadapter::fuzz {
namespace {

struct Target {
  const char* name;
  void (*run)(std::string_view input);
};

class KubeCorpus : public testing::TestWithParam<Target> {};

TEST_P(KubeCorpus, BreaksNothing) {
  const auto folder = std::filesystem::path("tests/fuzz/corpus") / GetParam().name;
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    std::ifstream file(entry.path());
    std::ostringstream input;
    input << file.rdbuf();
    GetParam().run(input.str());
    ++inputs;
  }
  EXPECT_GT(inputs, 0U);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, KubeCorpus,
                         testing::Values(Target{"pod", fuzz_pod}, Target{"node", fuzz_node},
                                         Target{"list_splitter", fuzz_list_splitter},
                                         Target{"watch_frame", fuzz_watch_frame},
                                         Target{"admission_review", fuzz_admission_review},
                                         Target{"quantity", fuzz_quantity},
                                         Target{"grant_annotation", fuzz_grant_annotation}),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace migadapter::fuzz
