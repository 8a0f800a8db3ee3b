#include "kube/codec/rule_codec.h"

#include <gtest/gtest.h>

#include <string>

#include "cluster/testing.h"
#include "kube/codec/replica_codec.h"

namespace migadapter::kube {
namespace {

using cluster::testing::mig;
using cluster::testing::name;

/// A rule with every field set, as the API server would answer it.
cluster::Rule full_rule() {
  cluster::Rule rule = cluster::testing::make_rule("0123456789abcdef");
  rule.owner = {cluster::OwnerKind::stateful_set, name("StatefulSet"), name("db"), name("uid-db"),
                name("apps")};
  rule.pod_name = "db-1";
  rule.completion_index = "7";
  rule.demand = {mig("nvidia.com/mig-1g.5gb", 1, "load", cluster::ContainerKind::init),
                 mig("nvidia.com/mig-1g.5gb", 2)};
  rule.node = name("gpu-1");
  rule.requests = {{name("cpu"), 1'500}, {name("memory"), 1 << 20}, {rule.grant_resource, 2}};
  rule.old_pod = {"db-1", name("uid-old"), "41"};
  rule.reason = "why \"quoted\"";
  rule.expires = base::WallTime(base::Millis(1'700'000'000'000));
  return rule;
}

/// What the API server would store and send, status apart.
cluster::Rule stored(const cluster::Rule& rule) {
  std::string object = encode_rule(rule);
  const std::string metadata = R"("metadata":{)";
  object.insert(object.find(metadata) + metadata.size(),
                R"("uid":"uid-0123456789abcdef","resourceVersion":"1",)");
  JsonReader reader;
  base::NamePool names;
  const auto root = reader.read(object);
  cluster::Rule decoded = decode_rule(*root, names);
  EXPECT_FALSE(reader.problem()) << *reader.problem();
  return decoded;
}

TEST(RuleCodec, ReadsWhatItWrites) {
  EXPECT_EQ(stored(full_rule()), full_rule());
}

TEST(RuleCodec, TheOwnerOfThePodsOwnsTheRule) {
  EXPECT_NE(encode_rule(full_rule())
                .find(R"("ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet",)"
                      R"("name":"db","uid":"uid-db"}])"),
            std::string::npos);
}

TEST(RuleCodec, AStatusIsWrittenOnlyToTheObjectThatWasSeen) {
  cluster::Rule rule = full_rule();
  rule.generation = 1;
  rule.status.phase = cluster::RulePhase::awaiting;
  rule.status.actor = "host_1";
  rule.status.reason = "Awaiting";
  rule.status.message = "It goes.";
  rule.status.since = base::WallTime(base::Millis(1'700'000'000'000));
  EXPECT_EQ(encode_rule_status(rule),
            R"({"metadata":{"uid":"uid-0123456789abcdef","resourceVersion":"1"},"status":{)"
            R"("observedGeneration":1,"phase":"Awaiting","actor":"host_1","conditions":[{)"
            R"("type":"Progressing","status":"True","reason":"Awaiting","message":"It goes.",)"
            R"("observedGeneration":1,"lastTransitionTime":"2023-11-14T22:13:20Z"}]}})");
}

TEST(RuleCodec, FailuresAreReadAsTheyWereWritten) {
  cluster::Rule rule = full_rule();
  rule.status.phase = cluster::RulePhase::backing_off;
  rule.status.reason = "NotPlaced";
  rule.status.since = rule.expires;
  rule.status.failures = {2, {rule.expires, rule.expires + base::Millis(1)}, rule.expires};
  const std::string text = encode_rule_status(rule);
  EXPECT_NE(text.find(R"("status":"False")"), std::string::npos);
  JsonReader reader;
  base::NamePool names;
  EXPECT_EQ(decode_rule(*reader.read(text), names).status, rule.status);
}

TEST(RuleCodec, ComplainsOfWhatItCannotUse) {
  JsonReader reader;
  base::NamePool names;
  decode_rule(*reader.read(R"({"spec":{"purpose":"Downgrade"}})"), names);
  EXPECT_EQ(reader.problem(), "spec.purpose: no such word");
  decode_rule(*reader.read(R"({"spec":{"demand":[{"count":0}]}})"), names);
  EXPECT_EQ(reader.problem(), "spec.demand[0].count: expected a positive number of instances");
}

TEST(ReplicaCodec, ReadsWhatItWrites) {
  const cluster::Replica replica{{}, "webhook-1", {}, "42", base::Millis(10'000)};
  JsonReader reader;
  base::NamePool names;
  EXPECT_EQ(decode_replica(*reader.read(encode_replica(replica, {})), names), replica);
}

TEST(ReplicaCodec, AnEndlessLeaseIsCutOff) {
  JsonReader reader;
  base::NamePool names;
  const auto lease = reader.read(R"({"spec":{"leaseDurationSeconds":2000000000}})");
  EXPECT_EQ(decode_replica(*lease, names).duration, base::Millis(60'000));
}

}  // namespace
}  // namespace migadapter::kube
