#include "webhook/admission_handler.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "cluster/rule_view.h"
#include "kube/webhook_registration.h"

namespace migadapter::webhook {
namespace {

using decide::AdmitReason;

constexpr std::string_view kSmall = "nvidia.com/mig-1g.5gb";
constexpr std::string_view kLarge = "nvidia.com/mig-2g.10gb";

/// The review of a pod of ReplicaSet "web" (uid `owner_uid`) with one container that asks for one
/// `resource`.
std::string review(const std::string& owner_uid, std::string_view resource = kSmall,
                   bool dry_run = false) {
  const std::string amount = "{\"" + std::string(resource) + "\":\"1\"}";
  return R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"r-1",)"
         R"("resource":{"group":"","version":"v1","resource":"pods"},"namespace":"team-a",)"
         R"("operation":"CREATE","dryRun":)" +
         std::string(dry_run ? "true" : "false") +
         R"(,"object":{"metadata":{"generateName":"web-","ownerReferences":[{"apiVersion":)"
         R"("apps/v1","kind":"ReplicaSet","name":"web","controller":true,"uid":")" +
         owner_uid + R"("}]},"spec":{"containers":[{"name":"main","resources":{"limits":)" +
         amount + R"(,"requests":)" + amount + "}}]}}}}";
}

class AdmissionHandlerTest : public testing::Test {
 protected:
  /// A rule for the next pod of the owner, for a minute.
  void put_rule(const std::string& id, const std::string& owner_uid) {
    cluster::Rule rule;
    rule.id = id;
    rule.name_space = base::Name("team-a");
    rule.owner = {cluster::OwnerKind::replica_set, base::Name("ReplicaSet"), base::Name("web"),
                  base::Name(owner_uid)};
    rule.demand = {{base::Name("main"), cluster::ContainerKind::app, base::Name(kSmall), 1}};
    rule.demand_resource = base::Name(kSmall);
    rule.grant_resource = base::Name(kLarge);
    rule.expires = clock_.wall() + std::chrono::minutes(1);
    rule.uid = base::Name("uid-" + id);
    rules_.upsert(rule);
  }

  ServerReply post(std::string_view body) {
    return handler_.answer({.method = "POST",
                            .path = kube::kWebhookPath,
                            .content_type = "application/json",
                            .body = body});
  }
  /// Whether the pod is allowed and changed.
  bool patches(const std::string& body) {
    const ServerReply reply = post(body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_NE(reply.body.find(R"("uid":"r-1","allowed":true)"), std::string::npos) << reply.body;
    return reply.body.find(R"("patchType":"JSONPatch")") != std::string::npos;
  }

  base::ManualClock clock_{base::WallTime(std::chrono::hours(1))};
  std::vector<std::string> lines_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::info,
                    [this](std::string_view line) { lines_.emplace_back(line); }};
  cluster::RuleView rules_;
  AdmissionHandler handler_{rules_, clock_, log_};
};

TEST_F(AdmissionHandlerTest, PatchesThePodThatARuleIsForAndSaysSoInTheLog) {
  put_rule("rule-1", "u-1");
  EXPECT_TRUE(patches(review("u-1")));
  EXPECT_EQ(handler_.count(AdmitReason::patched), 1U);
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find("rule-1"), std::string::npos);
}

TEST_F(AdmissionHandlerTest, AllowsWhatNoRuleIsFor) {
  put_rule("rule-1", "u-1");
  EXPECT_FALSE(patches(review("u-2")));
  EXPECT_FALSE(patches(review("u-1", "nvidia.com/mig-3g.20gb")));
  EXPECT_FALSE(patches(review("u-1", "cpu")));
  EXPECT_EQ(handler_.count(AdmitReason::no_rule), 1U);
  EXPECT_EQ(handler_.count(AdmitReason::demand_differs), 1U);
  EXPECT_EQ(handler_.count(AdmitReason::no_mig_resource), 1U);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(AdmissionHandlerTest, ARuleServesOneReviewUntilItsClaimReturns) {
  put_rule("rule-1", "u-1");
  EXPECT_TRUE(patches(review("u-1")));
  EXPECT_FALSE(patches(review("u-1")));
  EXPECT_EQ(handler_.count(AdmitReason::all_claimed), 1U);
  clock_.advance(std::chrono::seconds(11));
  EXPECT_TRUE(patches(review("u-1")));
}

TEST_F(AdmissionHandlerTest, EachPodTakesARuleOfItsOwn) {
  put_rule("rule-1", "u-1");
  put_rule("rule-2", "u-1");
  EXPECT_TRUE(patches(review("u-1")));
  EXPECT_TRUE(patches(review("u-1")));
  EXPECT_FALSE(patches(review("u-1")));
}

TEST_F(AdmissionHandlerTest, ADryRunIsPatchedAndClaimsNothing) {
  put_rule("rule-1", "u-1");
  EXPECT_TRUE(patches(review("u-1", kSmall, true)));
  EXPECT_TRUE(patches(review("u-1", kSmall, true)));
  EXPECT_TRUE(patches(review("u-1")));
  EXPECT_FALSE(patches(review("u-1", kSmall, true)));
}

TEST_F(AdmissionHandlerTest, AnExpiredRuleIsNoRule) {
  put_rule("rule-1", "u-1");
  clock_.advance(std::chrono::minutes(2));
  EXPECT_FALSE(patches(review("u-1")));
  EXPECT_EQ(handler_.count(AdmitReason::no_rule), 1U);
}

TEST_F(AdmissionHandlerTest, SimultaneousCreatesTakeEachRuleOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    const std::string owner = "u-" + std::to_string(round);
    put_rule("a-" + std::to_string(round), owner);
    put_rule("b-" + std::to_string(round), owner);
    std::latch together(kThreads);
    std::vector<std::jthread> creates;
    for (int i = 0; i < kThreads; ++i) {
      creates.emplace_back([&] {
        together.arrive_and_wait();
        patches(review(owner));
      });
    }
  }
  EXPECT_EQ(handler_.count(AdmitReason::patched), 2U * kRounds);
  EXPECT_EQ(handler_.count(AdmitReason::all_claimed), 2U * kRounds);
}

/// A rule store where another review takes every rule between the look and the claim.
class ContestedRules final : public cluster::RuleStore {
 public:
  explicit ContestedRules(cluster::RuleStore& rules) : rules_(rules) {}

  std::vector<cluster::RuleState> rules_of(const base::Name& owner,
                                           base::WallTime now) const override {
    return rules_.rules_of(owner, now);
  }
  bool claim(const std::string& id, base::WallTime, base::WallTime) override {
    tried.push_back(id);
    return false;
  }

  std::vector<std::string> tried;

 private:
  cluster::RuleStore& rules_;
};

TEST_F(AdmissionHandlerTest, AReviewThatLosesEveryClaimTriesEachRuleOnceAndAllows) {
  put_rule("rule-1", "u-1");
  put_rule("rule-2", "u-1");
  ContestedRules contested(rules_);
  AdmissionHandler handler(contested, clock_, log_);
  const std::string body = review("u-1");
  const ServerReply reply = handler.answer({.method = "POST",
                                            .path = kube::kWebhookPath,
                                            .content_type = "application/json",
                                            .body = body});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(contested.tried, (std::vector<std::string>{"rule-1", "rule-2"}));
  EXPECT_EQ(handler.count(AdmitReason::all_claimed), 1U);
}

TEST_F(AdmissionHandlerTest, WhatIsNoReviewIsRefusedAndCounted) {
  EXPECT_EQ(post("").status, 400);
  EXPECT_EQ(post("{}").status, 400);
  EXPECT_EQ(post(R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"})").status, 400);
  EXPECT_EQ(post(std::string(100'000, '[')).status, 400);
  EXPECT_EQ(post(std::string(kube::kMostReviewBytes + 1, ' ')).status, 413);
  EXPECT_EQ(handler_.refused(), 5U);
}

TEST_F(AdmissionHandlerTest, OnlyPostsOfJsonToTheWebhooksPathAreRead) {
  const std::string body = review("u-1");
  ServerRequest request{.method = "POST",
                        .path = kube::kWebhookPath,
                        .content_type = "application/json; charset=utf-8",
                        .body = body};
  EXPECT_EQ(handler_.answer(request).status, 200);
  request.content_type = "text/plain";
  EXPECT_EQ(handler_.answer(request).status, 415);
  request.method = "GET";
  EXPECT_EQ(handler_.answer(request).status, 405);
  request.path = "/other";
  EXPECT_EQ(handler_.answer(request).status, 404);
}

TEST_F(AdmissionHandlerTest, AReviewOfAnotherKindIsAllowed) {
  std::string body = review("u-1");
  body.replace(body.find("CREATE"), 6, "UPDATE");
  put_rule("rule-1", "u-1");
  EXPECT_FALSE(patches(body));
  EXPECT_EQ(handler_.count(AdmitReason::no_mig_resource), 1U);
}

}  // namespace
}  // namespace migadapter::webhook
