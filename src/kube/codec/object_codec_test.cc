#include "kube/codec/object_codec.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "kube/codec/record_text.h"

namespace migadapter::kube {
namespace {

const std::filesystem::path kGolden = "tests/golden/kube";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string decoded(WatchedKind kind, const std::string& json) {
  base::NamePool names;
  ObjectCodec codec(names);
  const WatchedObject object = codec.decode_item(kind, json);
  if (object.error) return "error: " + object.error->message() + "\n";
  return object.record ? to_text(*object.record) : "nothing\n";
}

/// Compares with NAME.txt beside NAME.json; MIGADAPTER_UPDATE_GOLDEN=1 writes it instead.
void expect_golden(WatchedKind kind, const std::filesystem::path& object) {
  const std::string record = decoded(kind, read_file(object));
  const std::filesystem::path golden = std::filesystem::path(object).replace_extension(".txt");
  if (std::getenv("MIGADAPTER_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << record;
  EXPECT_EQ(record, read_file(golden)) << object;
}

class EveryKind : public testing::TestWithParam<WatchedKind> {};

TEST_P(EveryKind, IsReadAsTheGoldenFilesSay) {
  std::size_t objects = 0;
  for (const auto& file : std::filesystem::directory_iterator(kGolden / to_string(GetParam()))) {
    if (file.path().extension() != ".json") continue;
    expect_golden(GetParam(), file.path());
    ++objects;
  }
  EXPECT_GT(objects, 0U);
}

INSTANTIATE_TEST_SUITE_P(ObjectCodec, EveryKind, testing::ValuesIn(every_watched_kind()),
                         [](const auto& kind) { return std::string(to_string(kind.param)); });

TEST(ObjectCodec, NamesTheObjectAndTheFieldThatIsWrong) {
  EXPECT_EQ(decoded(WatchedKind::pods, R"({"metadata":{"namespace":"team","name":"a","uid":"u"},)"
                                       R"("spec":{"containers":[{"name":"m"},{"resources":[]}]}})"),
            "error: pods[team/a].spec.containers[1].resources: expected an object\n");
  EXPECT_EQ(decoded(WatchedKind::nodes, R"({"metadata":{"name":"n"},"spec":{"taints":{}}})"),
            "error: nodes[n].spec.taints: expected an array\n");
  EXPECT_EQ(decoded(WatchedKind::pods, R"({"metadata":{"namespace":"team","name":"a"}})"),
            "error: pods[team/a].metadata.uid: missing\n");
}

TEST(ObjectCodec, IgnoresUnknownFields) {
  EXPECT_EQ(decoded(WatchedKind::nodes,
                    R"({"news":[{}],"metadata":{"name":"n","x":1},"spec":{"y":{"z":null}}})"),
            "node: n\n");
}

TEST(ObjectCodec, LeavesOutOwnersWhosePodsNeedNoMigInstance) {
  EXPECT_EQ(decoded(WatchedKind::replica_sets, R"({"metadata":{"name":"a","uid":"u"}})"),
            "nothing\n");
  EXPECT_EQ(decoded(WatchedKind::replica_sets,
                    R"({"metadata":{"name":"mig-fan","uid":"u"},"spec":{"replicas":2}})"),
            "nothing\n");
}

TEST(ObjectCodec, ReadsTheFramesOfAWatch) {
  base::NamePool names;
  ObjectCodec codec(names);
  const auto bookmark = codec.decode_frame(
      WatchedKind::pods,
      R"({"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"7"}}})");
  ASSERT_TRUE(bookmark.ok());
  EXPECT_EQ(bookmark->type, FrameType::bookmark);
  EXPECT_EQ(bookmark->object.resource_version, "7");
  const auto error = codec.decode_frame(
      WatchedKind::pods,
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}})");
  ASSERT_TRUE(error.ok());
  EXPECT_EQ(error->type, FrameType::error);
  EXPECT_EQ(error->status_code, 410);
  EXPECT_EQ(error->complaint, "too old");
  const auto deleted = codec.decode_frame(
      WatchedKind::nodes,
      R"({"type":"DELETED","object":{"metadata":{"name":"n","resourceVersion":"8"},"spec":[]}})");
  ASSERT_TRUE(deleted.ok());
  EXPECT_EQ(deleted->object.key, "n");
  EXPECT_FALSE(deleted->object.record || deleted->object.error);
  EXPECT_FALSE(codec.decode_frame(WatchedKind::pods, R"({"type":1})").ok());
  EXPECT_FALSE(codec.decode_frame(WatchedKind::pods, "{").ok());
}

TEST(ObjectCodec, ReadsTheEnvelopeOfAList) {
  base::NamePool names;
  ObjectCodec codec(names);
  const auto envelope = codec.decode_envelope(
      R"({"kind":"PodList","metadata":{"resourceVersion":"5","continue":"t"},"items":[]})");
  ASSERT_TRUE(envelope.ok());
  EXPECT_EQ(envelope->resource_version, "5");
  EXPECT_EQ(envelope->continue_token, "t");
  EXPECT_FALSE(codec.decode_envelope(R"({"kind":"PodList","metadata":{}})").ok());
}

}  // namespace
}  // namespace migadapter::kube
