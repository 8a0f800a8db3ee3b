#include "kube/cluster_writer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <memory>

#include "kube/codec/policy_codec.h"
#include "kube/codec/timestamp.h"
#include "kube/transport/api_status.h"

namespace migadapter::kube {
namespace {

constexpr const char* kComponent = "mig-adapter";
/// The API server refuses longer messages.
constexpr std::size_t kMostEventMessageBytes = 1024;

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string eviction_body(const Eviction& eviction) {
  const boost::json::object preconditions{{"uid", eviction.uid.view()},
                                          {"resourceVersion", eviction.resource_version}};
  return boost::json::serialize(boost::json::object{
      {"apiVersion", "policy/v1"},
      {"kind", "Eviction"},
      {"metadata", {{"name", eviction.pod_name}, {"namespace", eviction.name_space.view()}}},
      {"deleteOptions", {{"preconditions", preconditions}}}});
}

boost::json::object involved_pod(const EventRecord& event) {
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"namespace", event.name_space.view()},
          {"name", event.pod_name},
          {"uid", event.pod_uid.view()}};
}

/// Sets source and reportingComponent, because kubectl describe shows the first and the
/// events.k8s.io view of the same object the second.
std::string event_body(const EventRecord& event, const std::string& name, base::WallTime now,
                       const std::string& instance) {
  const std::string time = to_timestamp(now);
  return boost::json::serialize(
      boost::json::object{{"apiVersion", "v1"},
                          {"kind", "Event"},
                          {"metadata", {{"name", name}, {"namespace", event.name_space.view()}}},
                          {"involvedObject", involved_pod(event)},
                          {"type", event.warning ? "Warning" : "Normal"},
                          {"reason", event.reason},
                          {"message", event.message.substr(0, kMostEventMessageBytes)},
                          {"source", {{"component", kComponent}, {"host", instance}}},
                          {"reportingComponent", kComponent},
                          {"reportingInstance", instance},
                          {"firstTimestamp", time},
                          {"lastTimestamp", time},
                          {"count", 1}});
}

class ApiClusterWriter final : public ClusterWriter {
 public:
  ApiClusterWriter(HttpTransport& transport, const base::Clock& clock, base::Logger& log)
      : transport_(transport), clock_(clock), log_(log), instance_(host_name()) {}

  void evict(const Eviction& eviction, std::function<void(base::Status)> done) override {
    HttpRequest request;
    request.method = "POST";
    request.path = fmt::format("/api/v1/namespaces/{}/pods/{}/eviction", eviction.name_space.view(),
                               eviction.pod_name);
    request.body = eviction_body(eviction);
    std::string what = fmt::format("evicting {}/{}", eviction.name_space.view(), eviction.pod_name);
    transport_.send(std::move(request), [done = std::move(done), what = std::move(what)](
                                            const base::Result<HttpResponse>& answer) {
      done(status_of(answer, what));
    });
  }

  void record(const EventRecord& event) override {
    HttpRequest request;
    request.method = "POST";
    request.path = fmt::format("/api/v1/namespaces/{}/events", event.name_space.view());
    request.body = event_body(event, unique_name(event), clock_.wall(), instance_);
    transport_.send(std::move(request), [&log = log_](const base::Result<HttpResponse>& answer) {
      const base::Status status = status_of(answer, "recording an event");
      if (!status.ok()) log.warning("dropped an event", {{"error", status.error().message()}});
    });
  }

  void report(const cluster::Policy& policy, const cluster::PolicyStatus& status) override {
    HttpRequest request;
    request.method = "PATCH";
    request.path = fmt::format("/apis/migadapter.io/v1alpha1/migpolicies/{}/status?fieldManager={}",
                               policy.name.view(), kComponent);
    request.content_type = "application/merge-patch+json";
    request.body = encode_policy_status(policy, status);
    std::string what = fmt::format("writing the status of policy {}", policy.name.view());
    transport_.send(std::move(request), [&log = log_, what = std::move(what)](
                                            const base::Result<HttpResponse>& answer) {
      const base::Status written = status_of(answer, what);
      const bool outdated = !written.ok() && (written.error().code() == base::ErrorCode::conflict ||
                                              written.error().code() == base::ErrorCode::not_found);
      if (!written.ok() && !outdated)
        log.warning("a policy's status is not up to date", {{"error", written.error().message()}});
    });
  }

 private:
  /// The pod's name, the time and a count: unique without asking, also after a restart.
  std::string unique_name(const EventRecord& event) {
    return fmt::format("{}.{:x}{:04x}", event.pod_name, clock_.wall().time_since_epoch().count(),
                       next_event_.fetch_add(1) & 0xFFFFU);
  }

  HttpTransport& transport_;
  const base::Clock& clock_;
  base::Logger& log_;
  const std::string instance_;
  std::atomic<unsigned> next_event_{0};
};

}  // namespace

std::unique_ptr<ClusterWriter> make_cluster_writer(HttpTransport& transport,
                                                   const base::Clock& clock, base::Logger& log) {
  return std::make_unique<ApiClusterWriter>(transport, clock, log);
}

}  // namespace migadapter::kube
