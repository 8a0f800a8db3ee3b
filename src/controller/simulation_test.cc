// Random clusters under random faults: whatever happens, nothing is evicted that should have been
// left alone, nothing is evicted for nothing for long, and nothing is lost.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "base/rng.h"
#include "controller/limits.h"
#include "controller/world_test_fixture.h"
#include "decide/restore.h"

namespace migadapter::controller {
namespace {

using cluster::OwnerKind;

constexpr std::uint64_t kSimulations = 30;
constexpr int kSteps = 60;
constexpr std::array<const char*, 4> kResources = {
    "nvidia.com/mig-1g.5gb", "nvidia.com/mig-2g.10gb", "nvidia.com/mig-3g.20gb",
    "nvidia.com/mig-4g.20gb"};

/// The evictions of one owner since the controller was started.
struct OwnerRecord {
  int evicted = 0;
  int placed = 0;          ///< pods with a rule of ours that got a node
  int evicted_in_row = 0;  ///< since the last placed
  base::MonotonicTime last_evicted{};
};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : random_(seed) {
    world_.on_eviction = [this](const cluster::Pod& pod) { check_eviction(pod); };
    world_.on_request = [this](const kube::Eviction& eviction) { check_request(eviction); };
    world_.on_bound = [this](const cluster::Pod& pod) {
      if (!pod.owner || !pod.granted) return;
      OwnerRecord& record = records_[pod.owner->uid];
      ++record.placed;
      record.evicted_in_row = 0;
    };
    world_.on_restart = [this] { forget_requests(); };
    world_.add_actor();
    for (int i = 0; i < 3; ++i) add_node();
    add_owner("default/web", OwnerKind::replica_set);
    add_owner("other/web", OwnerKind::replica_set);
    add_owner("default/db", OwnerKind::stateful_set);
    add_owner("default/daemon", OwnerKind::daemon_set);
    add_owner("default/job", OwnerKind::job);
    add_owner("default/shy", OwnerKind::replica_set);
    world_.opt_out("default/shy");
    world_.add_bare_pod("bare", kResources[0]);
  }

  void run() {
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      happen();
      work();
    }
    calm_down();
    check_rest();
  }

  int evictions() const { return world_.evictions(); }

 private:
  std::uint64_t choose(std::uint64_t bound) { return random_.below(bound); }
  const std::string& any_owner() {
    auto owner = owners_.begin();
    std::advance(owner, static_cast<std::ptrdiff_t>(choose(owners_.size())));
    return *owner;
  }

  void add_node() {
    const std::string name = "gpu-" + std::to_string(nodes_made_++);
    auto node = cluster::testing::make_node(name);
    for (const char* resource : kResources)
      node.offers(resource, static_cast<std::int64_t>(choose(3)));
    world_.add_node(node);
    nodes_.push_back(name);
  }

  void remove_node() {
    if (nodes_.empty()) return;
    const auto node = nodes_.begin() + static_cast<std::ptrdiff_t>(choose(nodes_.size()));
    world_.remove_node(*node);
    nodes_.erase(node);
  }

  void add_owner(const std::string& name, OwnerKind kind) {
    desired_[name] = static_cast<int>(choose(4));
    world_.add_owner(name, kResources[choose(2)], desired_[name], kind);
    owners_.insert(name);
  }

  void happen() {
    switch (choose(16)) {
      case 0:
        return add_node();
      case 1:
        return remove_node();
      case 2:
      case 3: {
        const std::string owner = any_owner();
        desired_[owner] = static_cast<int>(choose(5));
        return world_.scale(owner, desired_[owner]);
      }
      case 4:
        return fail_an_eviction();
      case 5:
        world_.webhook_patches = !world_.webhook_patches;
        return;
      case 6:
        forget_requests();
        return world_.restart_controller(choose(2));
      case 7:
        return world_.clock.jump_wall(
            base::Millis(static_cast<int>(choose(7'200'000)) - 3'600'000));
      case 8:
        return fail_a_rule();
      case 9:
        return die_soon(world_.actor(choose(2)));
      case 10:
        return hand_over();
      case 11:
        world_.delete_rules();
        return forget_requests();
      case 12:
        late_answers_ = !late_answers_;
        for (std::size_t i : {0U, 1U}) world_.actor(i).answers_are_late = late_answers_;
        return;
      default:
        return world_.clock.advance(base::Millis(1 + static_cast<int>(choose(40'000))));
    }
  }

  /// Who starts anew, or takes over, has forgotten what was only paused, and a move whose rule is
  /// deleted is over.
  void forget_requests() {
    for (auto& [owner, record] : records_) record.evicted_in_row = 0;
    requested_.clear();
  }

  void die_soon(Actor& actor) {
    actor.dies_at_write = actor.writes + 1 + static_cast<int>(choose(4));
    actor.dies_before_write = choose(2) == 0;
  }

  /// The lease goes to the other process.
  void hand_over() {
    leader_ = 1 - leader_;
    world_.actor(leader_).gate_view.leader_until = base::MonotonicTime::max();
    world_.actor(1 - leader_).gate_view.leader_until.reset();
    forget_requests();
  }

  void fail_a_rule() {
    using base::ErrorCode;
    const base::Error timeout(ErrorCode::timeout, "no answer");
    switch (choose(4)) {
      case 0:
        return world_.rule_errors.push_back({ErrorCode::conflict, "changed"});
      case 1:
        return world_.rule_errors.push_back(
            base::Error(ErrorCode::too_many_requests, "busy").with_retry_after(base::Millis(0)));
      case 2:
        return world_.rule_errors.push_back(timeout);
      default:
        return world_.lost_rule_answers.push_back(timeout);
    }
  }

  void fail_an_eviction() {
    using base::ErrorCode;
    const base::Error timeout(ErrorCode::timeout, "no answer");
    switch (choose(4)) {
      case 0:
        return world_.eviction_errors.push_back({ErrorCode::conflict, "changed"});
      case 1:
        return world_.eviction_errors.push_back(
            base::Error(ErrorCode::too_many_requests, "budget").with_retry_after(base::Millis(0)));
      case 2:
        return world_.eviction_errors.push_back(timeout);
      default:
        return world_.lost_answers.push_back(timeout);
    }
  }

  /// Some steps of the cluster while the watch lags behind, then of the controller.
  void work() {
    for (auto rounds = choose(4); rounds > 0; --rounds) {
      for (auto steps = choose(8); steps > 0; --steps) world_.cluster_step();
      for (auto steps = choose(8); steps > 0; --steps) world_.controller_step(1 + choose(5));
    }
    if (choose(3) == 0) world_.settle();
  }

  /// However far the watch lags behind, the same view of a pod is not acted on again and again.
  void check_request(const kube::Eviction& eviction) {
    EXPECT_FALSE(eviction.uid.empty() || eviction.resource_version.empty());
    const base::MonotonicTime now = world_.clock.monotonic();
    const auto [last, is_new] =
        requested_.try_emplace(std::pair(eviction.uid, eviction.resource_version), now);
    EXPECT_TRUE(is_new || now - last->second >= kShortestPause) << eviction.pod_name;
    last->second = now;
  }

  void check_eviction(const cluster::Pod& pod) {
    ASSERT_TRUE(pod.owner) << "a bare pod was evicted";
    const bool one_for_one =
        pod.owner->kind == OwnerKind::replica_set || pod.owner->kind == OwnerKind::stateful_set;
    EXPECT_TRUE(one_for_one) << pod.name;
    EXPECT_NE(pod.owner->name, "shy") << "opted out";
    EXPECT_FALSE(pod.terminating) << pod.name;
    const base::MonotonicTime now = world_.clock.monotonic();
    OwnerRecord& record = records_[pod.owner->uid];
    const bool one_at_a_time = record.placed == 0 || pod.owner->kind == OwnerKind::stateful_set;
    if (one_at_a_time && record.evicted_in_row > 0) {
      EXPECT_GE(now - record.last_evicted, kFirstBackOff)
          << pod.name << " was evicted before the owner's last move was confirmed";
    }
    ++record.evicted;
    ++record.evicted_in_row;
    record.last_evicted = now;
    EXPECT_LE(record.evicted - record.placed, kMostFailuresPerHour + kMostMovesOfOwner);
  }

  /// No more faults, and time for every back-off to end.
  void calm_down() {
    world_.webhook_patches = true;
    world_.eviction_errors.clear();
    world_.lost_answers.clear();
    world_.rule_errors.clear();
    world_.lost_rule_answers.clear();
    for (std::size_t i : {0U, 1U}) {
      world_.actor(i).answers_are_late = false;
      world_.actor(i).dies_at_write = -1;
    }
    if (leader_ != 0) hand_over();  // what it sees is looked at
    for (int i = 0; i < 260 && !testing::Test::HasFailure(); ++i) world_.pass(base::Millis(30'000));
  }

  void check_rest() {
    for (const std::string& owner : owners_) EXPECT_EQ(world_.pods_of(owner), desired_[owner]);
    EXPECT_TRUE(world_.all_rules().empty());
    EXPECT_TRUE(world_.seen().promises().empty());
    for (const base::Name& uid : world_.seen().waiting()) {
      const cluster::Pod& pod = *world_.seen().find_pod(uid);
      EXPECT_FALSE(decide::upgrade(world_.seen(), pod).grant) << pod.name << " could be upgraded";
    }
    const auto none_held = [](const cluster::Pod&) { return false; };
    EXPECT_FALSE(decide::next_restore(world_.seen(), {}, world_.clock.wall(), none_held));
    const int evictions = world_.evictions();
    for (int i = 0; i < 10; ++i) world_.pass(base::Millis(60'000));
    EXPECT_EQ(world_.evictions(), evictions) << "the cluster is at rest, yet pods are moved";
  }

  base::Rng random_;
  World world_;
  std::map<base::Name, OwnerRecord> records_;
  std::map<std::pair<base::Name, std::string>, base::MonotonicTime> requested_;
  std::map<std::string, int> desired_;
  std::set<std::string> owners_;
  std::vector<std::string> nodes_;
  int nodes_made_ = 0;
  std::size_t leader_ = 0;
  bool late_answers_ = false;
};

TEST(Simulation, FaultsLoseNothingEvictNothingInVainForLongAndLeaveNothingBehind) {
  int evictions = 0;
  for (std::uint64_t seed = 1; seed <= kSimulations; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Simulation simulation(seed);
    simulation.run();
    evictions += simulation.evictions();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(evictions, 100);
}

}  // namespace
}  // namespace migadapter::controller
