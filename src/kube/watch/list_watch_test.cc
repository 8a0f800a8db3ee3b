#include "kube/watch/list_watch.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace migadapter::kube {
namespace {

using base::Millis;

std::string pod(const std::string& uid, int version) {
  return fmt::format(
      R"({{"metadata":{{"namespace":"t","name":"{0}","uid":"{0}","resourceVersion":"{1}"}}}})", uid,
      version);
}

std::string frame(const std::string& type, const std::string& object) {
  return fmt::format("{{\"type\":\"{}\",\"object\":{}}}\n", type, object);
}

std::string page(const std::string& items, const std::string& version,
                 const std::string& token = "") {
  return fmt::format(
      R"({{"kind":"PodList","metadata":{{"resourceVersion":"{}","continue":"{}"}},"items":[{}]}})",
      version, token, items);
}

std::string bookmark(int version) {
  return frame("BOOKMARK", fmt::format(R"({{"metadata":{{"resourceVersion":"{}"}}}})", version));
}

const std::string kGoneFrame =
    frame("ERROR", R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})");

/// One ListWatch with what it emitted, as "+uid@version", "-uid" and "synced", and its clock.
class ListWatchTest : public testing::Test {
 protected:
  void SetUp() override { step_ = watch_.start(now()); }

  base::MonotonicTime now() const { return clock_.monotonic(); }

  void answer(const std::string& body, int status = 200,
              std::optional<Millis> retry_after = std::nullopt) {
    step_ = watch_.on_status(status, retry_after, now());
    feed(body);
    if (!step_.drop) end();
  }
  void feed(const std::string& bytes) { step_ = watch_.on_bytes(bytes, now()); }
  void open() { step_ = watch_.on_status(200, std::nullopt, now()); }
  void end(const base::Status& status = {}) { step_ = watch_.on_end(status, now()); }
  void break_off() { end(base::Error(base::ErrorCode::unavailable, "connection reset")); }

  /// Lets the wait that the last step asked for pass.
  void wait() {
    ASSERT_TRUE(step_.wait);
    clock_.advance(*step_.wait);
    step_ = watch_.on_timer(now());
  }
  /// Lists the given items, opens the watch and forgets what was emitted.
  void watch_from(const std::string& items, const std::string& version) {
    answer(page(items, version));
    open();
    emitted_.clear();
  }

  std::string path() const { return step_.request ? step_.request->path : ""; }
  bool asks_to_list() const {
    return path() ==
           "/api/v1/pods?limit=500&fieldSelector=status.phase%21%3DSucceeded%2C"
           "status.phase%21%3DFailed";
  }
  bool asks_to_watch_from(const std::string& version) const {
    const std::string start =
        "/api/v1/pods?watch=1&allowWatchBookmarks=true&resourceVersion=" + version + "&";
    return path().starts_with(start);
  }
  std::vector<std::string> take_emitted() { return std::exchange(emitted_, {}); }

  void note(const ClusterEvent& event) {
    if (const auto* each = std::get_if<cluster::Pod>(&event)) {
      emitted_.push_back("+" + each->uid.str() + "@" + each->resource_version);
    } else if (const auto* removed = std::get_if<Removed>(&event)) {
      emitted_.push_back("-" + removed->key.str());
    } else if (std::holds_alternative<Synced>(event)) {
      emitted_.push_back("synced");
    }
  }

  using Events = std::vector<std::string>;

  base::ManualClock clock_;
  std::string logged_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::debug,
                    [this](std::string_view line) { logged_ += line; }};
  base::NamePool names_;
  ObjectCodec codec_{names_};
  std::vector<std::string> emitted_;
  const ClusterWatch::Sink emit_ = [this](const ClusterEvent& event) { note(event); };
  ListWatch watch_{{WatchedKind::pods, ""}, {codec_, log_, emit_}, 1};
  ListWatchStep step_;
};

TEST_F(ListWatchTest, ListsPageByPageThenWatchesFromTheList) {
  EXPECT_TRUE(asks_to_list());
  answer(page(pod("a", 1), "5", "next/1=="));
  EXPECT_TRUE(path().ends_with("&continue=next%2F1%3D%3D")) << path();
  EXPECT_EQ(take_emitted(), Events({"+a@1"}));
  answer(page(pod("b", 2), "5"));
  EXPECT_EQ(take_emitted(), Events({"+b@2", "synced"}));
  EXPECT_TRUE(asks_to_watch_from("5")) << path();
  EXPECT_GT(step_.request->idle_timeout, Millis(120'000));
}

TEST_F(ListWatchTest, AsksForAnEndAfterFiveToTenMinutes) {
  std::vector<int> seconds;
  answer(page("", "5"));
  for (int i = 0; i < 50; ++i) {
    const std::string_view parameter = "timeoutSeconds=";
    seconds.push_back(std::stoi(path().substr(path().find(parameter) + parameter.size())));
    open();
    clock_.advance(Millis(300'000));
    end();
  }
  const auto [least, most] = std::minmax_element(seconds.begin(), seconds.end());
  EXPECT_GE(*least, 300);
  EXPECT_LE(*most, 600);
  EXPECT_GT(*most - *least, 60);
}

TEST_F(ListWatchTest, ReportsWhatTheWatchShows) {
  watch_from(pod("a", 1), "5");
  feed(frame("ADDED", pod("b", 6)) + frame("MODIFIED", pod("a", 7)));
  feed(frame("DELETED", pod("a", 8)));
  EXPECT_EQ(take_emitted(), Events({"+b@6", "+a@7", "-a"}));
}

TEST_F(ListWatchTest, ResumesFromTheLastEventOrBookmark) {
  struct Example {
    std::string frames;
    std::string version;
  };
  for (const Example& example : std::vector<Example>{
           {"", "5"},
           {frame("ADDED", pod("b", 6)), "6"},
           {frame("DELETED", pod("b", 7)), "7"},
           {frame("MODIFIED", pod("a", 8)) + bookmark(20), "20"},
       }) {
    if (!watch_.current_as_of()) watch_from(pod("a", 1), "5");
    feed(example.frames);
    clock_.advance(Millis(300'000));
    end();
    EXPECT_TRUE(asks_to_watch_from(example.version)) << path();
    open();
  }
}

TEST_F(ListWatchTest, WaitsBeforeItResumesABrokenWatch) {
  watch_from(pod("a", 1), "5");
  feed(frame("ADDED", pod("b", 6)));
  break_off();
  EXPECT_FALSE(step_.request);
  EXPECT_GE(*step_.wait, Millis(800));
  EXPECT_LT(*step_.wait, Millis(1600));
  wait();
  EXPECT_TRUE(asks_to_watch_from("6"));
}

TEST_F(ListWatchTest, ResumesAfterAHalfOpenWatch) {
  watch_from(pod("a", 1), "5");
  clock_.advance(kSilentWatch);
  end(base::Error(base::ErrorCode::timeout, "no byte for 150 s"));
  EXPECT_FALSE(watch_.current_as_of());
  wait();
  EXPECT_TRUE(asks_to_watch_from("5"));
}

TEST_F(ListWatchTest, WaitsWhenAWatchEndsAtOnce) {
  watch_from("", "5");
  end();
  EXPECT_FALSE(step_.request);
  wait();
  EXPECT_TRUE(asks_to_watch_from("5"));
}

TEST_F(ListWatchTest, ResumesAWatchThatEndsWithinAnEvent) {
  watch_from("", "5");
  feed(frame("ADDED", pod("a", 6)) + R"({"type":"ADDED","obj)");
  clock_.advance(Millis(60'000));
  end();
  EXPECT_EQ(take_emitted(), Events({"+a@6"}));
  wait();
  EXPECT_TRUE(asks_to_watch_from("6"));
}

TEST_F(ListWatchTest, ListsAgainWhenTheWatchIsTooOld) {
  watch_from(pod("a", 1) + "," + pod("b", 2), "5");
  step_ = watch_.on_end({}, now());
  wait();
  answer(R"({"kind":"Status","code":410,"message":"too old resource version"})", 410);
  wait();
  EXPECT_TRUE(asks_to_list()) << path();
  answer(page(pod("b", 2) + "," + pod("c", 30), "40"));
  EXPECT_EQ(take_emitted(), Events({"+b@2", "+c@30", "-a", "synced"}));
  EXPECT_TRUE(asks_to_watch_from("40"));
}

TEST_F(ListWatchTest, ListsAgainWhenTheWatchSaysWithinThatItIsTooOld) {
  watch_from(pod("a", 1), "5");
  feed(kGoneFrame + frame("ADDED", pod("late", 9)));
  EXPECT_TRUE(step_.drop);
  EXPECT_EQ(take_emitted(), Events{});
  wait();
  EXPECT_TRUE(asks_to_list()) << path();
  answer(page("", "40"));
  EXPECT_EQ(take_emitted(), Events({"-a", "synced"}));
}

TEST_F(ListWatchTest, ListsAgainSoonButNotAgainAndAgain) {
  watch_from(pod("a", 1), "5");
  clock_.advance(Millis(30'000));
  feed(kGoneFrame);
  EXPECT_LT(*step_.wait, Millis(1'000));
  Millis waited{0};
  for (int i = 0; i < 6; ++i) {
    wait();
    watch_from(pod("a", 1), "5");
    feed(kGoneFrame);
    waited += *step_.wait;
  }
  EXPECT_GT(waited, Millis(30'000));
}

TEST_F(ListWatchTest, ResumesAfterAnyOtherErrorWithinTheWatch) {
  watch_from(pod("a", 1), "5");
  feed(frame("ERROR", R"({"kind":"Status","code":500,"message":"etcd leader changed"})"));
  EXPECT_TRUE(step_.drop);
  wait();
  EXPECT_TRUE(asks_to_watch_from("5"));
}

TEST_F(ListWatchTest, StartsTheListAnewWhenItsPagesHaveExpired) {
  answer(page(pod("a", 1), "5", "token"));
  answer(R"({"kind":"Status","code":410,"message":"continue token expired"})", 410);
  wait();
  EXPECT_TRUE(asks_to_list()) << path();
  answer(page(pod("b", 2), "9"));
  EXPECT_EQ(take_emitted(), Events({"+a@1", "+b@2", "-a", "synced"}));
  EXPECT_TRUE(asks_to_watch_from("9"));
}

TEST_F(ListWatchTest, AsksForTheSamePageAgainAfterAFailure) {
  answer(page(pod("a", 1), "5", "token"));
  break_off();
  wait();
  EXPECT_TRUE(path().ends_with("&continue=token"));
  answer(page(pod("b", 2), "5"));
  EXPECT_EQ(take_emitted(), Events({"+a@1", "+b@2", "synced"}));
}

TEST_F(ListWatchTest, TriesAListAgainThatEndedEarlyOrMakesNoSense) {
  const std::string whole = page(pod("a", 1), "5");
  for (const std::string& body : {whole.substr(0, whole.size() - 1), std::string("<html>"),
                                  page("7", "5"), page("", ""), whole + "}"}) {
    answer(body);
    ASSERT_TRUE(step_.wait) << body;
    wait();
    EXPECT_TRUE(asks_to_list()) << path();
  }
}

TEST_F(ListWatchTest, WaitsAsLongAsTheServerAsks) {
  answer("", 429, Millis(17'000));
  EXPECT_EQ(step_.wait, Millis(17'000));
  wait();
  EXPECT_TRUE(asks_to_list());
  watch_from("", "5");
  clock_.advance(Millis(300'000));
  end();
  answer("", 503, Millis(4'000));
  EXPECT_EQ(step_.wait, Millis(4'000));
  wait();
  EXPECT_TRUE(asks_to_watch_from("5"));
}

TEST_F(ListWatchTest, WaitsLongerAfterEachFailureAndLogsWhy) {
  for (const int least : {800, 1'600, 3'200, 6'400, 12'800, 25'600, 30'000, 30'000}) {
    answer(R"({"kind":"Status","message":"pods is forbidden"})", 403);
    ASSERT_TRUE(step_.wait);
    EXPECT_GE(*step_.wait, Millis(least));
    EXPECT_LT(*step_.wait, Millis(2 * least));
    wait();
  }
  EXPECT_NE(logged_.find("HTTP 403: pods is forbidden"), std::string::npos) << logged_;
  clock_.advance(Millis(120'001));
  break_off();
  EXPECT_LT(*step_.wait, Millis(1'600));
}

TEST_F(ListWatchTest, TakesDuplicatesAndUnknownEventsCalmly) {
  watch_from(pod("a", 1), "5");
  feed(frame("ADDED", pod("a", 1)) + frame("DELETED", pod("a", 6)) + frame("DELETED", pod("a", 6)) +
       frame("NEWS", "{}"));
  EXPECT_EQ(take_emitted(), Events({"+a@1", "-a"}));
  EXPECT_EQ(watch_.known_count(), 0U);
}

TEST_F(ListWatchTest, SkipsAnObjectThatCannotBeReadAndLosesNothingElse) {
  const std::string broken =
      R"({"metadata":{"namespace":"t","name":"a","uid":"a","resourceVersion":"7"},"spec":[]})";
  watch_from(pod("a", 1), "5");
  feed(frame("MODIFIED", broken) + frame("ADDED", pod("b", 8)));
  EXPECT_EQ(take_emitted(), Events({"+b@8"}));
  EXPECT_NE(logged_.find("pods[t/a].spec"), std::string::npos) << logged_;
  feed(kGoneFrame);
  wait();
  answer(page(broken + "," + pod("b", 8), "9"));
  EXPECT_EQ(take_emitted(), Events({"+b@8", "synced"}));  // a is not taken for gone
}

TEST_F(ListWatchTest, ResumesWhenAFrameIsNoJson) {
  watch_from("", "5");
  feed(frame("ADDED", pod("a", 6)) + "{\"type\":}\n" + frame("ADDED", pod("b", 7)));
  EXPECT_TRUE(step_.drop);
  EXPECT_EQ(take_emitted(), Events({"+a@6"}));
  wait();
  EXPECT_TRUE(asks_to_watch_from("6"));
}

TEST_F(ListWatchTest, ListsWhenTheSameEventCannotBeReadAgain) {
  watch_from("", "5");
  const std::string poison = frame("ADDED", pod("a", 6) + "]");
  feed(poison);
  wait();
  open();
  feed(poison);
  wait();
  EXPECT_TRUE(asks_to_list());
  answer(page(pod("b", 7), "7"));
  EXPECT_TRUE(asks_to_watch_from("7"));
}

TEST_F(ListWatchTest, IgnoresWhatArrivesAfterItGaveUp) {
  watch_from("", "5");
  break_off();
  feed(frame("ADDED", pod("a", 6)));
  open();
  end();
  EXPECT_FALSE(step_.request || step_.wait || step_.drop);
  EXPECT_EQ(take_emitted(), Events{});
}

TEST_F(ListWatchTest, IsCurrentAsOfTheListsStartOnceTheWatchIsOpen) {
  const base::MonotonicTime started = now();
  clock_.advance(Millis(900));
  answer(page("", "5"));
  EXPECT_FALSE(watch_.current_as_of());
  open();
  EXPECT_EQ(watch_.current_as_of(), started);
  clock_.advance(Millis(60'000));
  feed(bookmark(6));
  EXPECT_EQ(watch_.current_as_of(), now());
  break_off();
  EXPECT_FALSE(watch_.current_as_of());
}

TEST_F(ListWatchTest, StaysCurrentOverARoutineEndOfTheWatch) {
  watch_from("", "5");
  clock_.advance(Millis(60'000));
  feed(bookmark(6));
  const base::MonotonicTime proof = now();
  clock_.advance(Millis(30'000));
  end();
  EXPECT_FALSE(watch_.current_as_of());
  open();
  EXPECT_EQ(watch_.current_as_of(), proof);
}

/// The watch of a kind that not every cluster serves.
class OptionalListWatchTest : public ListWatchTest {
 protected:
  void SetUp() override { step_ = optional_.start(now()); }
  void answer(int status) {
    step_ = optional_.on_status(status, std::nullopt, now());
    step_ = optional_.on_end({}, now());
  }
  void wait() {
    clock_.advance(*step_.wait);
    step_ = optional_.on_timer(now());
  }

  ListWatch optional_{{WatchedKind::device_classes, ""}, {codec_, log_, emit_}, 1};
};

TEST_F(OptionalListWatchTest, AKindThatTheClusterDoesNotServeIsEmptyAndAskedForAgain) {
  answer(404);
  EXPECT_EQ(take_emitted(), Events{"synced"});
  EXPECT_EQ(optional_.current_as_of(), now());
  ASSERT_TRUE(step_.wait);
  wait();
  EXPECT_TRUE(path().starts_with("/apis/resource.k8s.io/v1/deviceclasses?limit="));
  EXPECT_TRUE(optional_.current_as_of()) << "it is still what was known last";
  answer(404);
  EXPECT_EQ(optional_.current_as_of(), now());
}

TEST_F(OptionalListWatchTest, AnythingElseThatIsRefusedIsAFailure) {
  answer(403);
  EXPECT_TRUE(take_emitted().empty());
  EXPECT_FALSE(optional_.current_as_of());
}

TEST_F(ListWatchTest, AKindThatEveryClusterServesIsNeverTakenForEmpty) {
  answer("", 404);
  EXPECT_TRUE(take_emitted().empty());
  EXPECT_FALSE(watch_.current_as_of());
}

TEST(BackOff, DiffersFromSeedToSeed) {
  base::Rng one(1);
  base::Rng two(2);
  BackOff first;
  BackOff second;
  EXPECT_NE(first.next({}, one), second.next({}, two));
}

TEST(ListRequest, HasTheRightPathForEveryKind) {
  const std::vector<std::pair<WatchedKind, std::string>> paths = {
      {WatchedKind::nodes, "/api/v1/nodes?limit=500"},
      {WatchedKind::replica_sets, "/apis/apps/v1/replicasets?limit=500"},
      {WatchedKind::stateful_sets, "/apis/apps/v1/statefulsets?limit=500"},
      {WatchedKind::replication_controllers, "/api/v1/replicationcontrollers?limit=500"},
      {WatchedKind::resource_quotas, "/api/v1/resourcequotas?limit=500"},
      {WatchedKind::limit_ranges, "/api/v1/limitranges?limit=500"},
      {WatchedKind::namespaces, "/api/v1/namespaces?limit=500"},
      {WatchedKind::mig_policies, "/apis/migadapter.io/v1alpha1/migpolicies?limit=500"},
      {WatchedKind::persistent_volume_claims, "/api/v1/persistentvolumeclaims?limit=500"},
      {WatchedKind::persistent_volumes, "/api/v1/persistentvolumes?limit=500"},
      {WatchedKind::csi_nodes, "/apis/storage.k8s.io/v1/csinodes?limit=500"},
      {WatchedKind::device_classes, "/apis/resource.k8s.io/v1/deviceclasses?limit=500"},
      {WatchedKind::jobs, "/apis/batch/v1/jobs?limit=500"},
      {WatchedKind::mig_rules, "/apis/migadapter.io/v1alpha1/migrules?limit=500"},
      {WatchedKind::replicas,
       "/apis/coordination.k8s.io/v1/namespaces/ours/leases?limit=500&labelSelector="
       "app.kubernetes.io%2Fname%3Dmig-adapter%2Capp.kubernetes.io%2Fcomponent%3Dwebhook"},
  };
  for (const auto& [kind, path] : paths) EXPECT_EQ(list_request({kind, "ours"}, "").path, path);
}

}  // namespace
}  // namespace migadapter::kube
