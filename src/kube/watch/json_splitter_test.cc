#include "kube/watch/json_splitter.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace migadapter::kube {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Parts {
  std::vector<std::string> objects;
  std::string envelope;
  friend bool operator==(const Parts&, const Parts&) = default;
};

/// The list cut up, its bytes fed in these chunks. Nothing when it is refused or not complete.
std::optional<Parts> split_list(const std::vector<std::string_view>& chunks) {
  Parts parts;
  ListSplitter splitter;
  for (const std::string_view chunk : chunks) {
    const base::Status status = splitter.feed(chunk, [&parts](std::string_view object) {
      parts.objects.emplace_back(object);
      return true;
    });
    if (!status.ok()) return std::nullopt;
  }
  if (!splitter.complete()) return std::nullopt;
  parts.envelope = splitter.envelope();
  return parts;
}

std::optional<std::vector<std::string>> split_frames(const std::vector<std::string_view>& chunks) {
  std::vector<std::string> frames;
  FrameSplitter splitter;
  for (const std::string_view chunk : chunks) {
    const base::Status status = splitter.feed(chunk, [&frames](std::string_view object) {
      frames.emplace_back(object);
      return true;
    });
    if (!status.ok()) return std::nullopt;
  }
  if (!splitter.between_objects()) return std::nullopt;
  return frames;
}

std::vector<std::string_view> bytes_of(std::string_view text) {
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
  return bytes;
}

constexpr std::string_view kTrickyList =
    " \n{\"kind\":\"items\",\"metadata\":{\"items\":[{\"no\":1}],\"resourceVersion\":\"5\"},"
    "\"items\": [ {\"a\":\"}]\\\"{\\\\\"} ,\n {\"b\":[{\"items\":[]}]},{}],\"x\":[{}]}\n";

TEST(ListSplitter, CutsOutTheItemsAndKeepsTheRest) {
  const auto parts = split_list({kTrickyList});
  ASSERT_TRUE(parts);
  const std::vector<std::string> expected = {R"({"a":"}]\"{\\"})", R"({"b":[{"items":[]}]})", "{}"};
  EXPECT_EQ(parts->objects, expected);
  EXPECT_EQ(parts->envelope,
            R"({"kind":"items","metadata":{"items":[{"no":1}],"resourceVersion":"5"},)"
            R"("items": [],"x":[{}]})");
}

TEST(ListSplitter, GivesTheSameWhereverTheBytesAreCut) {
  const auto whole = split_list({kTrickyList});
  for (std::size_t cut = 0; cut <= kTrickyList.size(); ++cut) {
    EXPECT_EQ(split_list({kTrickyList.substr(0, cut), kTrickyList.substr(cut)}), whole) << cut;
  }
  EXPECT_EQ(split_list(bytes_of(kTrickyList)), whole);
}

TEST(ListSplitter, CutsARealListWhereverTheBytesAreCut) {
  const std::string list = read_file("tests/golden/kube/streams/list_of_pods.json");
  const auto whole = split_list({list});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->objects.size(), 4U);
  const std::string_view view = list;
  for (std::size_t cut = 0; cut <= view.size(); cut += 101) {
    EXPECT_EQ(split_list({view.substr(0, cut), view.substr(cut)}), whole) << cut;
  }
  EXPECT_EQ(split_list(bytes_of(view)), whole);
}

TEST(ListSplitter, TakesAListWithoutItems) {
  for (const std::string_view text :
       {R"({"items":[]})", R"({"items":null})", R"({"metadata":{}})"}) {
    const auto parts = split_list({text});
    ASSERT_TRUE(parts) << text;
    EXPECT_TRUE(parts->objects.empty());
    EXPECT_EQ(parts->envelope, text);
  }
}

TEST(ListSplitter, RefusesWhatIsNoList) {
  for (const std::string_view text :
       {"", "[]", "7", "x{}", "{}{}", "{}x", R"({"items":[1]})", R"({"items":[[{}]]})",
        R"({"items":[{})", R"({"items":[{}])", R"({"items":["{}"]})"}) {
    EXPECT_FALSE(split_list({text})) << text;
    EXPECT_FALSE(split_list(bytes_of(text))) << text;
  }
}

TEST(ListSplitter, RefusesMoreThanItWantsToHold) {
  const std::string large(kMostObjectBytes, ' ');
  EXPECT_FALSE(split_list({R"({"items":[{)", large}));
  EXPECT_FALSE(split_list({R"({"a":)", large}));
}

TEST(FrameSplitter, CutsARealWatchWhereverTheBytesAreCut) {
  const std::string watch = read_file("tests/golden/kube/streams/watch_of_pods.txt");
  const auto whole = split_frames({watch});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->size(), 10U);
  const std::string_view view = watch;
  for (std::size_t cut = 0; cut <= view.size(); cut += 151) {
    EXPECT_EQ(split_frames({view.substr(0, cut), view.substr(cut)}), whole) << cut;
  }
  EXPECT_EQ(split_frames(bytes_of(view)), whole);
}

TEST(FrameSplitter, NeedsNoLineBreaksBetweenFrames) {
  const std::vector<std::string> expected = {"{\"a\":\n1}", "{}", R"({"b":"\"}"})"};
  EXPECT_EQ(split_frames({"{\"a\":\n1}{} \n", R"({"b":"\"}"})"}), expected);
}

TEST(FrameSplitter, RefusesWhatIsNoFrame) {
  for (const std::string_view text : {"x", "[]", "{}]", "{", R"({"a":"})"}) {
    EXPECT_FALSE(split_frames({text})) << text;
  }
  EXPECT_FALSE(split_frames({"{", std::string(kMostObjectBytes, ' ')}));
}

}  // namespace
}  // namespace migadapter::kube
