// The watch against a real API server, its restart included.
#include "kube/cluster_watch.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "kube/crd_registration.h"
#include "kube/live_test.h"

namespace migadapter::kube {
namespace {

/// What a watch reported, kept as a store would keep it.
class SeenCluster {
 public:
  void apply(const ClusterEvent& event) {
    const std::lock_guard lock(mutex_);
    if (const auto* pod = std::get_if<cluster::Pod>(&event)) pods_[pod->uid] = *pod;
    if (const auto* owner = std::get_if<cluster::Owner>(&event)) owners_[owner->uid] = *owner;
    if (const auto* removed = std::get_if<Removed>(&event)) pods_.erase(removed->key);
    if (const auto* synced = std::get_if<Synced>(&event)) synced_.insert(synced->kind);
  }
  bool all_synced() const {
    const std::lock_guard lock(mutex_);
    return synced_.size() == kWatchedKindCount;
  }
  std::optional<cluster::Pod> find_pod(std::string_view name_space, std::string_view name) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [uid, pod] : pods_) {
      if (pod.name_space == name_space && pod.name == name) return pod;
    }
    return std::nullopt;
  }
  std::optional<cluster::Owner> find_owner(std::string_view name_space) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [uid, owner] : owners_) {
      if (owner.name_space == name_space) return owner;
    }
    return std::nullopt;
  }

 private:
  mutable std::mutex mutex_;
  std::map<base::Name, cluster::Pod> pods_;
  std::map<base::Name, cluster::Owner> owners_;
  std::set<WatchedKind> synced_;
};

class ClusterWatchLiveTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(eventually([this] { return register_crds(*transport_).ok(); }));
    watch_ = start_cluster_watch({*transport_, clock_, log_}, {every_watched_kind(), name_space_},
                                 [this](const ClusterEvent& event) { seen_.apply(event); });
    ASSERT_TRUE(eventually([this] { return seen_.all_synced(); }));
  }
  void TearDown() override {
    watch_.reset();
    LiveTest::TearDown();
  }

  std::string pods_path() const { return "/api/v1/namespaces/" + name_space_ + "/pods"; }

  void create_gpu_pod(const std::string& name) {
    must("POST", pods_path(),
         fmt::format(R"({{"metadata":{{"name":"{}"}},"spec":{{"containers":[{{"name":"main",)"
                     R"("image":"none","resources":{{"limits":{{"nvidia.com/mig-7g.999gb":"1"}}}})"
                     R"(}}]}}}})",
                     name));
  }
  void delete_pod(const std::string& name) {
    must("DELETE", pods_path() + "/" + name + "?gracePeriodSeconds=0");
  }
  bool sees(const std::string& name) { return seen_.find_pod(name_space_, name).has_value(); }

  SeenCluster seen_;
  std::unique_ptr<ClusterWatch> watch_;
};

TEST_F(ClusterWatchLiveTest, SeesAPodComeWaitAndGo) {
  create_gpu_pod("a");
  ASSERT_TRUE(eventually([this] {
    const auto pod = seen_.find_pod(name_space_, "a");
    return pod && pod->waits_for_capacity();
  }));
  const auto pod = seen_.find_pod(name_space_, "a");
  EXPECT_EQ(pod->requests.of("nvidia.com/mig-7g.999gb"), 1);
  EXPECT_NE(pod->created, base::WallTime{});
  delete_pod("a");
  EXPECT_TRUE(eventually([this] { return !sees("a"); }));
}

TEST_F(ClusterWatchLiveTest, TakesAPodThatHasEndedForGone) {
  create_gpu_pod("a");
  ASSERT_TRUE(eventually([this] { return sees("a"); }));
  HttpRequest end;
  end.method = "PATCH";
  end.path = pods_path() + "/a/status";
  end.content_type = "application/merge-patch+json";
  end.body = R"({"status":{"phase":"Failed"}})";
  transport_->send(std::move(end), [](const base::Result<HttpResponse>&) {});
  EXPECT_TRUE(eventually([this] { return !sees("a"); }));
  delete_pod("a");
}

TEST_F(ClusterWatchLiveTest, SeesAnOwnerWithItsTemplatesDemand) {
  must("POST", fmt::format("/apis/apps/v1/namespaces/{}/replicasets", name_space_),
       R"({"metadata":{"name":"r"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},)"
       R"("template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"main",)"
       R"("image":"none","resources":{"limits":{"nvidia.com/mig-1g.5gb":"2"}}}]}}}})");
  ASSERT_TRUE(eventually([this] { return seen_.find_owner(name_space_).has_value(); }));
  const auto owner = seen_.find_owner(name_space_);
  EXPECT_EQ(owner->kind, cluster::OwnerKind::replica_set);
  EXPECT_EQ(owner->desired_replicas, 0);
  ASSERT_EQ(owner->template_requests.size(), 1U);
  EXPECT_EQ(owner->template_requests.front().count, 2);
}

TEST_F(ClusterWatchLiveTest, IsCurrentOnceEveryWatchIsOpen) {
  EXPECT_TRUE(eventually([this] { return watch_->current_as_of().has_value(); }));
}

TEST_F(ClusterWatchLiveTest, SeesWhatHappenedAroundARestartOfTheServer) {
  create_gpu_pod("before");
  create_gpu_pod("doomed");
  ASSERT_TRUE(eventually([this] { return sees("before") && sees("doomed"); }));
  ASSERT_NO_FATAL_FAILURE(restart_api_server());
  if (IsSkipped()) return;
  create_gpu_pod("after");
  delete_pod("doomed");
  EXPECT_TRUE(eventually([this] { return sees("after") && !sees("doomed"); }));
  EXPECT_TRUE(sees("before"));
  EXPECT_TRUE(eventually([this] { return watch_->current_as_of().has_value(); }));
}

}  // namespace
}  // namespace migadapter::kube
