// The I/O around LeaseElection: one request at a time, on the transport's thread.
#include "kube/leader_lease.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "kube/lease_election.h"
#include "kube/lease_record.h"
#include "kube/transport/api_status.h"
#include "kube/transport/blocking_call.h"

namespace migadapter::kube {
namespace {

/// Shared with the callbacks under way, which may outlive the LeaderLease.
class Campaign : public std::enable_shared_from_this<Campaign> {
 public:
  Campaign(HttpTransport& transport, const base::Clock& clock, base::Logger& log,
           const LeaderLeaseOptions& options)
      : transport_(transport),
        clock_(clock),
        log_(log),
        options_(options),
        path_(fmt::format("/apis/coordination.k8s.io/v1/namespaces/{}/leases", options.name_space)),
        election_(options) {}

  /// One round: renew, or read and perhaps claim. Ends in schedule_next_round().
  void start_round() {
    std::optional<LeaseRecord> renewal;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      round_open_ = true;
      renewal = election_.renewal(clock_.monotonic(), clock_.wall());
    }
    if (renewal.has_value()) return write(*renewal);
    read();
  }

  /// No round starts any more. Callbacks under way find nothing to do.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

  void release(base::Millis timeout) {
    const base::MonotonicTime give_up = clock_.monotonic() + timeout;
    std::optional<LeaseRecord> record;
    {
      std::unique_lock lock(mutex_);
      stopped_ = true;
      changed_.wait_for(lock, timeout, [this] { return !round_open_; });
      record = election_.release(clock_.wall());
      election_.on_released();
      report_change();
    }
    if (record.has_value())
      give_back(*record, std::max(base::Millis(1), give_up - clock_.monotonic()));
  }

  std::optional<base::MonotonicTime> leader_until() const {
    const std::lock_guard lock(mutex_);
    return election_.leader_until();
  }

 private:
  HttpRequest request(std::string method, bool of_collection, std::string body = {}) const {
    HttpRequest request;
    request.method = std::move(method);
    request.path = of_collection ? path_ : path_ + "/" + options_.name;
    request.body = std::move(body);
    request.timeout = options_.renew_deadline / 2;  // two tries fit before leadership lapses
    return request;
  }

  HttpRequest write_request(const LeaseRecord& record) const {
    const bool creates = record.resource_version.empty();
    return request(creates ? "POST" : "PUT", creates,
                   encode_lease(options_.name_space, options_.name, record));
  }

  void read() {
    transport_.send(request("GET", false),
                    [self = shared_from_this()](const base::Result<HttpResponse>& answer) {
                      self->on_read(answer);
                    });
  }

  void on_read(const base::Result<HttpResponse>& answer) {
    const base::Status status = status_of(answer, "reading the Lease");
    std::optional<LeaseRecord> read;
    if (status.ok()) {
      const base::Result<LeaseRecord> record = decode_lease(answer->body);
      if (!record.ok()) return end_round(record.error());
      read = *record;
    } else if (status.error().code() != base::ErrorCode::not_found) {
      return end_round(status);
    }
    std::optional<LeaseRecord> claim;
    {
      const std::lock_guard lock(mutex_);
      if (!stopped_) claim = election_.on_read(read, clock_.monotonic(), clock_.wall());
    }
    if (claim.has_value()) return write(*claim);
    end_round({});
  }

  void write(const LeaseRecord& record) {
    transport_.send(
        write_request(record),
        [self = shared_from_this(), started = clock_.monotonic()](
            const base::Result<HttpResponse>& answer) { self->on_written(answer, started); });
  }

  void on_written(const base::Result<HttpResponse>& answer, base::MonotonicTime started) {
    base::Status status = status_of(answer, "writing the Lease");
    if (status.ok()) {
      const base::Result<LeaseRecord> record = decode_lease(answer->body);
      const std::lock_guard lock(mutex_);
      if (record.ok()) election_.on_written(*record, started);
      if (!record.ok()) status = record.error();
    }
    if (!status.ok()) {
      const std::lock_guard lock(mutex_);
      election_.on_write_failed();
    }
    end_round(status);
  }

  void end_round(const base::Status& status) {
    const std::lock_guard lock(mutex_);
    if (!status.ok() && status.error().code() != base::ErrorCode::cancelled) {
      log_.warning("the leader election's round failed", {{"error", status.error().message()}});
    }
    report_change();
    round_open_ = false;
    changed_.notify_all();
    if (stopped_) return;
    transport_.run_after(options_.retry_period, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->start_round();
    });
  }

  /// REQUIRES: mutex_ is held.
  void report_change() {
    const auto until = election_.leader_until();
    const bool leading = until.has_value() && *until > clock_.monotonic();
    if (leading != was_leading_) {
      log_.info(leading ? "became the leader" : "is no longer the leader",
                {{"lease", options_.name}, {"holder", election_.holder()}});
    }
    was_leading_ = leading;
  }

  void give_back(const LeaseRecord& record, base::Millis timeout) {
    HttpRequest last = write_request(record);
    last.timeout = timeout;
    const base::Status status =
        status_of(send_and_wait(transport_, std::move(last)), "releasing the Lease");
    if (!status.ok()) {
      log_.warning("the Lease was not released", {{"error", status.error().message()}});
    }
  }

  HttpTransport& transport_;
  const base::Clock& clock_;
  base::Logger& log_;
  const LeaderLeaseOptions options_;
  const std::string path_;

  mutable std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  LeaseElection election_;
  bool stopped_ = false;
  bool round_open_ = false;
  bool was_leading_ = false;
};

class ApiLeaderLease final : public LeaderLease {
 public:
  explicit ApiLeaderLease(std::shared_ptr<Campaign> campaign) : campaign_(std::move(campaign)) {}
  ApiLeaderLease(const ApiLeaderLease&) = delete;
  ApiLeaderLease& operator=(const ApiLeaderLease&) = delete;
  ~ApiLeaderLease() override { campaign_->stop(); }

  std::optional<base::MonotonicTime> leader_until() const override {
    return campaign_->leader_until();
  }
  void release(base::Millis timeout) override { campaign_->release(timeout); }

 private:
  const std::shared_ptr<Campaign> campaign_;
};

}  // namespace

std::unique_ptr<LeaderLease> start_leader_lease(HttpTransport& transport, const base::Clock& clock,
                                                base::Logger& log, LeaderLeaseOptions options) {
  MIGADAPTER_CHECK(options.lease_duration > options.renew_deadline);
  MIGADAPTER_CHECK(options.renew_deadline * 10 > options.retry_period * 12);
  auto campaign = std::make_shared<Campaign>(transport, clock, log, options);
  campaign->start_round();
  return std::make_unique<ApiLeaderLease>(std::move(campaign));
}

}  // namespace migadapter::kube
