// docs/reasons.md is what this file writes: every word that MIG-Adapter says of a decision, once,
// with its sentence.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "controller/act_gate.h"
#include "controller/journal.h"
#include "controller/moves.h"
#include "decide/admit.h"
#include "decide/budget.h"
#include "decide/fit.h"
#include "decide/policy_status.h"
#include "decide/restore.h"
#include "decide/upgrade.h"
#include "mig/safe_upgrade.h"

namespace migadapter::controller {
namespace {

constexpr const char* kPage = "docs/reasons.md";
constexpr const char* kIntroduction =
    R"(# Reasons

Every decision says why, with a word for machines and a sentence for people. Written by
`src/controller/reasons_test.cc`: after a change run `MIGADAPTER_UPDATE_GOLDEN=1 controller_test` in
the repository's root.

## Events on pods

| Reason | Meaning |
| --- | --- |
| `Upgrading` | The pod is restarted so that it can run on a larger instance. |
| `Upgraded` | This pod runs on a larger instance than it asked for. |
| `Restoring` | The pod is restarted so that it needs no larger instance any more. |
| `Restored` | This pod runs on a smaller instance than its predecessor. |
| `NotUpgraded` | The pod waits and stays as it is; the message says why. |
| `WouldUpgrade`, `WouldRestore` | The pod would be restarted, but its policy is in mode Observe. |
| `UpgradeFailed`, `RestoreFailed` | The pod was to be moved, and it came to nothing; see "A move that failed". |
)";

/// One table: the words of an enum up to and including its last.
template <typename Reason>
std::string section(std::string_view title, Reason last) {
  std::ostringstream page;
  page << "\n## " << title << "\n\n| Reason | Meaning |\n| --- | --- |\n";
  std::set<std::string_view> words;
  for (int each = 0; each <= static_cast<int>(last); ++each) {
    const auto reason = static_cast<Reason>(each);
    EXPECT_TRUE(words.insert(to_string(reason)).second) << to_string(reason) << " is said twice";
    EXPECT_TRUE(explain(reason).ends_with('.')) << explain(reason);
    page << "| `" << to_string(reason) << "` | " << explain(reason) << " |\n";
  }
  return page.str();
}

std::string page() {
  using namespace decide;  // NOLINT(google-build-using-namespace): a list of its names
  return kIntroduction + section("A pod that waits", UpgradeReason::budget_spent) +
         section("A pod that runs on a larger instance", RestoreReason::nothing_smaller_free) +
         section("Whether a policy's budgets allow a move", BudgetReason::cluster_per_hour) +
         section("The condition Ready of a policy", PolicyState::invalid) +
         section("The condition Conflicting of a policy", ConflictReason::same_priority) +
         section("Whether a pod may be restarted", EligibleReason::no_profile) +
         section("Whether the namespace's limits allow it", LimitReason::limit_range) +
         section("Whether a pod fits a node", FitReason::volumes_limited) +
         section("Whether an instance is as good", mig::SafetyReason::unknown_facts) +
         section("What the webhook did", AdmitReason::all_claimed) +
         section("Whether anything is evicted", HoldReason::no_replica) +
         section("How far a move has come", MovePhase::starting) +
         section("A move that failed", MoveFailure::refused_by_kubelet);
}

TEST(Reasons, AreAllDocumentedAsTheyAre) {
  if (std::getenv("MIGADAPTER_UPDATE_GOLDEN") != nullptr) std::ofstream(kPage) << page();
  std::ostringstream written;
  written << std::ifstream(kPage).rdbuf();
  EXPECT_EQ(written.str(), page());
}

}  // namespace
}  // namespace migadapter::controller
