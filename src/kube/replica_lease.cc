#include "kube/replica_lease.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "cluster/replica.h"
#include "kube/codec/replica_codec.h"
#include "kube/transport/api_status.h"
#include "kube/transport/blocking_call.h"

namespace migadapter::kube {
namespace {

/// Shared with the callbacks under way, which may outlive the ReplicaLease.
class Teller : public std::enable_shared_from_this<Teller> {
 public:
  Teller(HttpTransport& transport, const base::Clock& clock, base::Logger& log,
         ReplicaLeaseOptions options)
      : transport_(transport),
        clock_(clock),
        log_(log),
        options_(std::move(options)),
        collection_(fmt::format("/apis/coordination.k8s.io/v1/namespaces/{}/leases",
                                options_.name_space)) {}

  void serve(const std::string& resource_version) {
    const std::lock_guard lock(mutex_);
    const bool is_first = served_.empty();
    served_ = resource_version;
    if (is_first) renew_later();
    write_if_free();
  }

  bool is_told() const {
    const std::lock_guard lock(mutex_);
    return told_at_ && clock_.monotonic() - *told_at_ < options_.duration;
  }

  /// No write begins any more; waits for the one under way.
  bool stop(base::Millis timeout) {
    std::unique_lock lock(mutex_);
    stopped_ = true;
    changed_.wait_for(lock, timeout, [this] { return !writing_; });
    return told_at_.has_value();
  }

  void withdraw(base::Millis timeout) {
    if (!stop(timeout)) return;
    HttpRequest request = request_for("DELETE", true);
    request.timeout = timeout;
    const base::Status status =
        status_of(send_and_wait(transport_, std::move(request)), "deleting the replica's Lease");
    if (!status.ok() && status.error().code() != base::ErrorCode::not_found)
      log_.warning("the replica's Lease was not deleted", {{"error", status.error().message()}});
  }

 private:
  HttpRequest request_for(std::string method, bool by_name) const {
    HttpRequest request;
    request.method = std::move(method);
    request.path = by_name ? collection_ + "/" + options_.name : collection_;
    request.timeout = options_.duration / 2;
    return request;
  }

  /// REQUIRES: mutex_ is held, here and below.
  void renew_later() {
    transport_.run_after(options_.renew_period, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      const std::lock_guard lock(self->mutex_);
      if (self->stopped_) return;
      self->due_ = true;
      self->write_if_free();
      self->renew_later();
    });
  }

  void write_if_free() {
    const bool has_news = due_ || served_ != told_;
    if (!stopped_ && !writing_ && has_news) write();
  }

  /// A merge patch, because nobody else writes this Lease; it is created where there is none.
  void write() {
    writing_ = true;
    due_ = false;
    HttpRequest request = request_for(exists_ ? "PATCH" : "POST", exists_);
    if (exists_) request.content_type = "application/merge-patch+json";
    request.body =
        encode_replica({{}, options_.name, {}, served_, options_.duration}, clock_.wall());
    transport_.send(std::move(request),
                    [self = shared_from_this(), telling = served_,
                     started = clock_.monotonic()](const base::Result<HttpResponse>& answer) {
                      self->answered(answer, telling, started);
                    });
  }

  void answered(const base::Result<HttpResponse>& answer, const std::string& telling,
                base::MonotonicTime started) {
    const base::Status status = status_of(answer, "telling up to where the rules are served");
    const std::lock_guard lock(mutex_);
    writing_ = false;
    changed_.notify_all();
    if (status.ok()) {
      exists_ = true;
      told_ = telling;
      told_at_ = started;
      return write_if_free();
    }
    take_refusal(status.error());
  }

  /// Another try follows with the next period, or at once where only create and patch were mixed
  /// up.
  void take_refusal(const base::Error& error) {
    const bool existed = std::exchange(exists_, error.code() == base::ErrorCode::already_exists);
    const bool mixed_up = error.code() == base::ErrorCode::already_exists ||
                          (error.code() == base::ErrorCode::not_found && existed);
    if (mixed_up) return write_if_free();
    exists_ = existed;
    if (error.code() != base::ErrorCode::cancelled)
      log_.warning("the replica's Lease was not written", {{"error", error.message()}});
  }

  HttpTransport& transport_;
  const base::Clock& clock_;
  base::Logger& log_;
  const ReplicaLeaseOptions options_;
  const std::string collection_;

  mutable std::mutex mutex_;  ///< guards the rest
  std::condition_variable changed_;
  std::string served_;  ///< up to where we serve
  std::string told_;    ///< up to where the Lease says that we serve
  std::optional<base::MonotonicTime> told_at_;
  bool exists_ = false;
  bool due_ = false;  ///< a renewal, whether or not there is news
  bool writing_ = false;
  bool stopped_ = false;
};

class ApiReplicaLease final : public ReplicaLease {
 public:
  explicit ApiReplicaLease(std::shared_ptr<Teller> teller) : teller_(std::move(teller)) {}
  ApiReplicaLease(const ApiReplicaLease&) = delete;
  ApiReplicaLease& operator=(const ApiReplicaLease&) = delete;
  ~ApiReplicaLease() override { teller_->stop(base::Millis(0)); }

  void serve(const std::string& resource_version) override { teller_->serve(resource_version); }
  bool is_told() const override { return teller_->is_told(); }
  void withdraw(base::Millis timeout) override { teller_->withdraw(timeout); }

 private:
  const std::shared_ptr<Teller> teller_;
};

}  // namespace

std::unique_ptr<ReplicaLease> start_replica_lease(HttpTransport& transport,
                                                  const base::Clock& clock, base::Logger& log,
                                                  ReplicaLeaseOptions options) {
  return std::make_unique<ApiReplicaLease>(
      std::make_shared<Teller>(transport, clock, log, std::move(options)));
}

}  // namespace migadapter::kube
