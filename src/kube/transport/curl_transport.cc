// HttpTransport over libcurl's multi interface. A call's way:
//
//   send/stream --> CallPreparer (identity, authorities) --> ready_ --> CurlTransfer --> sink
//                        ^                                                  |
//                        +------------ 401: with a new identity ------------+
//
// The preparer's thread and the callers only add to queues; curl is used by one thread alone.
#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "kube/credentials/thread_signals.h"
#include "kube/http.h"
#include "kube/transport/call_preparer.h"
#include "kube/transport/curl_transfer.h"
#include "kube/transport/http_call.h"

namespace migadapter::kube {
namespace {

/// Every kind's watch takes one, a dozen in all; the rest lets a burst of evictions go side by side
/// without opening a connection for each.
constexpr long kMostConnections = 32;
constexpr base::Millis kLongestWait{60'000};

base::Error cancelled() {
  return base::Error(base::ErrorCode::cancelled, "the program is stopping");
}

/// Collects a response for send().
class WholeResponse final : public HttpSink {
 public:
  explicit WholeResponse(std::function<void(base::Result<HttpResponse>)> done)
      : done_(std::move(done)) {}

  void on_status(int status, std::optional<base::Millis> retry_after) override {
    response_.status = status;
    response_.retry_after = retry_after;
  }
  void on_bytes(std::string_view bytes) override { response_.body += bytes; }
  void on_end(base::Status end) override {
    done_(end.ok() ? base::Result<HttpResponse>(std::move(response_)) : end.error());
  }

 private:
  std::function<void(base::Result<HttpResponse>)> done_;
  HttpResponse response_;
};

/// Wakes the transport's thread from its wait. Outlives the transport in the handles of streams.
class Alarm {
 public:
  explicit Alarm(CURLM* multi) : multi_(multi) {}
  void ring() {
    const std::lock_guard lock(mutex_);
    if (multi_ != nullptr) curl_multi_wakeup(multi_);
  }
  void disconnect() {
    const std::lock_guard lock(mutex_);
    multi_ = nullptr;
  }

 private:
  std::mutex mutex_;
  CURLM* multi_;
};

class StreamHandle final : public HttpTransport::Stream {
 public:
  StreamHandle(std::shared_ptr<SinkGate> gate, std::shared_ptr<Alarm> alarm)
      : gate_(std::move(gate)), alarm_(std::move(alarm)) {}
  StreamHandle(const StreamHandle&) = delete;
  StreamHandle& operator=(const StreamHandle&) = delete;
  ~StreamHandle() override {
    gate_->close();
    alarm_->ring();  // so that the connection is closed now, not at its next byte
  }

 private:
  const std::shared_ptr<SinkGate> gate_;
  const std::shared_ptr<Alarm> alarm_;
};

/// A multi handle with its limits; curl's global state is set up once for the process.
CURLM* new_multi_handle() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  MIGADAPTER_CHECK(once == CURLE_OK);
  CURLM* multi = curl_multi_init();
  MIGADAPTER_CHECK(multi != nullptr);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, kMostConnections);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kMostConnections);
  return multi;
}

class CurlTransport final : public HttpTransport {
 public:
  CurlTransport(Access access, base::Logger& log)
      : access_(std::move(access)),
        log_(log),
        multi_(new_multi_handle()),
        alarm_(std::make_shared<Alarm>(multi_)),
        preparer_(std::make_unique<CallPreparer>(
            access_.identity, access_.trust,
            [this](std::unique_ptr<HttpCall> call, base::Status status) {
              on_prepared(std::move(call), std::move(status));
            })),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  ~CurlTransport() override {
    stop_accepting();
    preparer_.reset();  // what waits there comes back as cancelled
    thread_.request_stop();
    alarm_->ring();
    thread_.join();
    alarm_->disconnect();
    curl_multi_cleanup(multi_);
  }

  void send(HttpRequest request, std::function<void(base::Result<HttpResponse>)> done) override {
    auto sink = std::make_shared<WholeResponse>(std::move(done));
    submit(std::move(request), std::make_shared<SinkGate>(std::move(sink)), false);
  }

  std::unique_ptr<Stream> stream(HttpRequest request, std::shared_ptr<HttpSink> sink) override {
    auto gate = std::make_shared<SinkGate>(std::move(sink));
    submit(std::move(request), gate, true);
    return std::make_unique<StreamHandle>(std::move(gate), alarm_);
  }

  void run_after(base::Millis delay, std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    tasks_.emplace(clock_.monotonic() + delay, std::move(task));
    alarm_->ring();
  }

 private:
  struct Prepared {
    std::unique_ptr<HttpCall> call;
    base::Status status;
  };
  /// A call that the preparer has: its time runs although a credential plugin may hang.
  struct Preparing {
    std::shared_ptr<SinkGate> gate;
    base::MonotonicTime deadline;
    std::string what;
  };

  void submit(HttpRequest request, std::shared_ptr<SinkGate> gate, bool is_stream) {
    auto call = std::make_unique<HttpCall>();
    call->deadline = clock_.monotonic() + request.timeout;
    call->request = std::move(request);
    call->gate = std::move(gate);
    call->is_stream = is_stream;
    prepare(std::move(call));
  }

  void prepare(std::unique_ptr<HttpCall> call) {
    const std::lock_guard lock(mutex_);
    if (accepting_) {
      preparing_.push_back({call->gate, call->deadline,
                            fmt::format("{} {}", call->request.method, call->request.path)});
      preparer_->prepare(std::move(call));
      alarm_->ring();
    } else {
      ready_.push_back({std::move(call), cancelled()});
    }
  }

  void stop_accepting() {
    const std::lock_guard lock(mutex_);
    accepting_ = false;
  }

  void on_prepared(std::unique_ptr<HttpCall> call, base::Status status) {
    const std::lock_guard lock(mutex_);
    std::erase_if(preparing_, [&](const Preparing& each) { return each.gate == call->gate; });
    ready_.push_back({std::move(call), std::move(status)});
    alarm_->ring();
  }

  // All below runs on the transport's thread.

  void run(const std::stop_token& stop) {
    block_signals_in_this_thread();
    while (!stop.stop_requested()) {
      run_due_tasks();
      start_prepared();
      int active = 0;
      curl_multi_perform(multi_, &active);
      finish_completed();
      end_overdue_and_closed();
      end_overdue_preparations();
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(time_to_wait().count()), nullptr);
    }
    cancel_all();
  }

  void run_due_tasks() {
    for (;;) {
      std::unique_lock lock(mutex_);
      if (tasks_.empty() || tasks_.begin()->first > clock_.monotonic()) return;
      const auto due = tasks_.extract(tasks_.begin());
      lock.unlock();
      due.mapped()();
    }
  }

  std::vector<Prepared> take_prepared() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ready_, {});
  }

  void start_prepared() {
    for (Prepared& prepared : take_prepared()) {
      if (!prepared.status.ok()) {
        prepared.call->gate->on_end(std::move(prepared.status));
      } else if (!prepared.call->gate->closed()) {
        start(std::move(prepared.call));
      }
    }
  }

  void start(std::unique_ptr<HttpCall> call) {
    auto transfer = std::make_unique<CurlTransfer>(access_, std::move(call));
    MIGADAPTER_CHECK(curl_multi_add_handle(multi_, transfer->handle()) == CURLM_OK);
    active_.push_back(std::move(transfer));
  }

  /// Takes the transfer out of curl and out of active_.
  std::unique_ptr<CurlTransfer> remove(const CurlTransfer* transfer) {
    const auto at = std::find_if(active_.begin(), active_.end(),
                                 [&](const auto& entry) { return entry.get() == transfer; });
    MIGADAPTER_CHECK(at != active_.end());
    std::unique_ptr<CurlTransfer> removed = std::move(*at);
    active_.erase(at);
    curl_multi_remove_handle(multi_, removed->handle());
    return removed;
  }

  void finish_completed() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;  // the message dies with its handle
      CurlTransfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      go_on_after(*remove(transfer), code);
    }
  }

  void go_on_after(CurlTransfer& transfer, CURLcode code) {
    switch (transfer.finish(code)) {
      case TransferOutcome::finished:
        return;
      case TransferOutcome::try_again:
        log_retry(transfer.call(), "the connection was closed");
        return start(transfer.take_call());
      case TransferOutcome::try_with_new_identity:
        log_retry(transfer.call(), "the server rejected our identity");
        return prepare(transfer.take_call());
    }
  }

  void log_retry(const HttpCall& call, std::string_view why) {
    log_.debug("sending a request again",
               {{"method", call.request.method}, {"path", call.request.path}, {"because", why}});
  }

  void end_overdue_and_closed() {
    const base::MonotonicTime now = clock_.monotonic();
    std::vector<const CurlTransfer*> over;
    for (const auto& transfer : active_) {
      const auto limit = transfer->give_up_at();
      const bool overdue = limit.has_value() && *limit <= now;
      if (overdue || transfer->call().gate->closed()) over.push_back(transfer.get());
    }
    for (const CurlTransfer* transfer : over) remove(transfer)->end_overdue();
  }

  void end_overdue_preparations() {
    std::vector<Preparing> over;
    {
      const std::lock_guard lock(mutex_);
      const base::MonotonicTime now = clock_.monotonic();
      const auto first_over = std::partition(preparing_.begin(), preparing_.end(),
                                             [&](const auto& each) { return each.deadline > now; });
      over.assign(std::make_move_iterator(first_over), std::make_move_iterator(preparing_.end()));
      preparing_.erase(first_over, preparing_.end());
    }
    for (const Preparing& each : over) {
      each.gate->on_end(base::Error(base::ErrorCode::timeout,
                                    each.what + ": the credentials did not come in time"));
    }
  }

  base::Millis time_to_wait() {
    base::MonotonicTime until = clock_.monotonic() + kLongestWait;
    for (const auto& transfer : active_)
      until = std::min(until, transfer->give_up_at().value_or(until));
    const std::lock_guard lock(mutex_);
    if (!ready_.empty()) return base::Millis(0);
    for (const Preparing& each : preparing_) until = std::min(until, each.deadline);
    if (!tasks_.empty()) until = std::min(until, tasks_.begin()->first);
    return std::max(base::Millis(0), base::Millis(until - clock_.monotonic()));
  }

  void cancel_all() {
    while (!active_.empty()) remove(active_.back().get())->call().gate->on_end(cancelled());
    for (const Prepared& prepared : take_prepared()) prepared.call->gate->on_end(cancelled());
  }

  const Access access_;
  base::Logger& log_;
  const base::SystemClock clock_;
  CURLM* const multi_;
  const std::shared_ptr<Alarm> alarm_;
  std::vector<std::unique_ptr<CurlTransfer>> active_;  // of the thread

  std::mutex mutex_;  // guards the next four
  bool accepting_ = true;
  std::vector<Preparing> preparing_;
  std::vector<Prepared> ready_;
  std::multimap<base::MonotonicTime, std::function<void()>> tasks_;

  std::unique_ptr<CallPreparer> preparer_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<HttpTransport> make_curl_transport(Access access, base::Logger& log) {
  MIGADAPTER_CHECK(access.trust != nullptr && access.identity != nullptr);
  return std::make_unique<CurlTransport>(std::move(access), log);
}

}  // namespace migadapter::kube
