#include "kube/codec/policy_codec.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "cluster/testing.h"
#include "kube/codec/object_codec.h"

namespace migadapter::kube {
namespace {

cluster::Policy decoded(const std::string& spec) {
  base::NamePool names;
  ObjectCodec codec(names);
  const WatchedObject object = codec.decode_item(
      WatchedKind::mig_policies, R"({"metadata":{"name":"a","uid":"u"},"spec":)" + spec + "}");
  EXPECT_FALSE(object.error);
  return std::get<cluster::Policy>(object.record.value());
}

TEST(PolicyCodec, WithoutAnythingEnforcesAsTheFlagsSay) {
  const cluster::Policy policy = decoded("{}");
  EXPECT_EQ(policy.mode, cluster::PolicyMode::enforce);
  EXPECT_FALSE(policy.restore_mode || policy.minimum_run_time);
  EXPECT_EQ(policy.problem, "");
}

TEST(PolicyCodec, NamesWhatIsWrongAndKeepsThePolicy) {
  struct Row {
    const char* spec;
    const char* problem;
  };
  const Row rows[] = {
      {R"({"mode":"Sometimes"})", "spec.mode: no such mode"},
      {R"({"mode":1})", "spec.mode: expected a string"},
      {R"({"restore":{"mode":"eager"}})", "spec.restore.mode: no such mode"},
      {R"({"restore":{"hysteresis":"a while"}})",
       "spec.restore.hysteresis: write a time in hours, minutes and seconds, such as 90s, 10m or "
       "1h30m"},
      {R"({"upgrade":{"allowed":[]}})", "spec.upgrade.allowed: names no profile"},
      {R"({"budgets":{"perOwner":{"perHour":0}}})",
       "spec.budgets.perOwner.perHour: a budget is at least 1"},
      {R"({"podSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}})",
       "spec.podSelector.matchExpressions[0]: In and NotIn need values, Exists and DoesNotExist "
       "take none"},
      {R"({"namespaceSelector":{"matchExpressions":[{"key":"a","operator":"Gt"}]}})",
       "spec.namespaceSelector.matchExpressions[0]: operator is none of In, NotIn, Exists and "
       "DoesNotExist"},
      {R"([])", "spec: expected an object"},
  };
  for (const Row& row : rows) EXPECT_EQ(decoded(row.spec).problem, row.problem) << row.spec;
  EXPECT_TRUE(
      decoded(R"({"upgrade":{"largest":"big"}})").problem.starts_with("spec.upgrade.largest: "));
}

TEST(PolicyCodec, WritesAStatusThatIsRefusedForAnotherVersion) {
  cluster::Policy policy;
  policy.uid = cluster::testing::name("u-1");
  policy.resource_version = "7";
  cluster::PolicyStatus status;
  status.observed_generation = 3;
  status.would_upgrade = 2;
  status.conditions = {{"Ready", true, "Observing", "It \"observes\".", 3,
                        base::WallTime{} + std::chrono::seconds(1)}};
  EXPECT_EQ(encode_policy_status(policy, status),
            R"({"metadata":{"uid":"u-1","resourceVersion":"7"},"status":{"observedGeneration":3,)"
            R"("wouldUpgrade":2,"wouldRestore":null,"conditions":[{"type":"Ready","status":"True",)"
            R"("reason":"Observing","message":"It \"observes\".","observedGeneration":3,)"
            R"("lastTransitionTime":"1970-01-01T00:00:01Z"}]}})");
}

}  // namespace
}  // namespace migadapter::kube
