// Binds one ListWatch per kind to the transport. Everything but the start and the end happens on
// the transport's thread.
#include "kube/cluster_watch.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/rng.h"
#include "kube/codec/object_codec.h"
#include "kube/watch/freshness.h"
#include "kube/watch/list_watch.h"

namespace migadapter::kube {
namespace {

/// What the watches of all kinds share.
struct SharedParts {
  SharedParts(const ClusterWatchDoors& doors, const ClusterWatchOptions& options,
              ClusterWatch::Sink events)
      : transport(doors.transport),
        clock(doors.clock),
        log(doors.log),
        name_space(options.name_space),
        emit(std::move(events)),
        freshness(options.kinds) {}

  HttpTransport& transport;
  const base::Clock& clock;
  base::Logger& log;
  const std::string name_space;
  const ClusterWatch::Sink emit;
  base::NamePool names;
  ObjectCodec codec{names};
  Freshness freshness;
};

/// One kind's watch: carries out the steps of its ListWatch.
class KindWatch final : public HttpSink, public std::enable_shared_from_this<KindWatch> {
 public:
  KindWatch(WatchedKind kind, std::shared_ptr<SharedParts> shared, std::uint64_t seed)
      : shared_(std::move(shared)),
        machine_({kind, shared_->name_space}, {shared_->codec, shared_->log, shared_->emit}, seed) {
  }

  void start() {
    run_after(base::Millis(0),
              [](KindWatch& watch) { watch.carry_out(watch.machine_.start(watch.now())); });
  }

  /// When it returns, nothing is emitted any more.
  void stop() {
    std::unique_ptr<HttpTransport::Stream> stream;
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      stream = std::move(stream_);
    }
    // Dropped without the lock: it waits for a call under way, which may want the lock.
  }

  void on_status(int status, std::optional<base::Millis> retry_after) override {
    carry_out(machine_.on_status(status, retry_after, now()));
  }
  void on_bytes(std::string_view bytes) override { carry_out(machine_.on_bytes(bytes, now())); }
  void on_end(base::Status end) override { carry_out(machine_.on_end(end, now())); }

 private:
  base::MonotonicTime now() const { return shared_->clock.monotonic(); }

  void run_after(base::Millis delay, void (*task)(KindWatch&)) {
    shared_->transport.run_after(delay, [weak = weak_from_this(), task] {
      if (const auto watch = weak.lock()) task(*watch);
    });
  }

  void carry_out(ListWatchStep step) {
    shared_->freshness.set(machine_.kind(), machine_.current_as_of());
    if (step.drop) replace_stream(std::nullopt);
    if (step.request) replace_stream(std::move(step.request));
    if (step.wait) {
      run_after(*step.wait,
                [](KindWatch& watch) { watch.carry_out(watch.machine_.on_timer(watch.now())); });
    }
  }

  void replace_stream(std::optional<HttpRequest> request) {
    const std::lock_guard lock(mutex_);
    stream_.reset();
    if (!request || stopped_) return;
    stream_ = shared_->transport.stream(std::move(*request), shared_from_this());
  }

  const std::shared_ptr<SharedParts> shared_;
  ListWatch machine_;
  std::mutex mutex_;  ///< guards the next two
  bool stopped_ = false;
  std::unique_ptr<HttpTransport::Stream> stream_;
};

class ListingClusterWatch final : public ClusterWatch {
 public:
  ListingClusterWatch(std::shared_ptr<SharedParts> shared, const std::vector<WatchedKind>& kinds)
      : shared_(std::move(shared)) {
    base::Rng seeds(base::seed_from_system());
    for (const WatchedKind kind : kinds)
      watches_.push_back(std::make_shared<KindWatch>(kind, shared_, seeds.next()));
    for (const auto& watch : watches_) watch->start();
  }
  ListingClusterWatch(const ListingClusterWatch&) = delete;
  ListingClusterWatch& operator=(const ListingClusterWatch&) = delete;
  ~ListingClusterWatch() override {
    for (const auto& watch : watches_) watch->stop();
  }

  std::optional<base::MonotonicTime> current_as_of() const override {
    return shared_->freshness.oldest();
  }

 private:
  const std::shared_ptr<SharedParts> shared_;
  std::vector<std::shared_ptr<KindWatch>> watches_;
};

}  // namespace

std::vector<WatchedKind> every_watched_kind() {
  std::vector<WatchedKind> kinds(kWatchedKindCount);
  std::generate(kinds.begin(), kinds.end(),
                [next = 0]() mutable { return static_cast<WatchedKind>(next++); });
  return kinds;
}

std::unique_ptr<ClusterWatch> start_cluster_watch(const ClusterWatchDoors& doors,
                                                  const ClusterWatchOptions& options,
                                                  ClusterWatch::Sink sink) {
  return std::make_unique<ListingClusterWatch>(
      std::make_shared<SharedParts>(doors, options, std::move(sink)), options.kinds);
}

}  // namespace migadapter::kube
