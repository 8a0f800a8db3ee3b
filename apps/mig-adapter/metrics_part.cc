#include "metrics_part.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/process_figures.h"
#include "kube/token_access.h"
#include "webhook/certificates.h"

namespace migadapter::app {
namespace {

using webhook::MetricsText;
using Verdict = webhook::BearerGate::Verdict;

/// Longer than any process runs.
constexpr std::chrono::years kCertificateLife{10};

base::Result<Verdict> ask_about(kube::HttpTransport& transport, const std::string& token) {
  const auto owner = kube::owner_of_token(transport, token);
  if (!owner.ok()) return owner.error();
  if (!owner->has_value()) return Verdict::unknown_token;
  const auto allowed = kube::may_get_path(transport, **owner, "/metrics");
  if (!allowed.ok()) return allowed.error();
  return *allowed ? Verdict::allowed : Verdict::forbidden;
}

/// The names that every Prometheus client library uses.
void add_process(MetricsText& metrics) {
  using Kind = MetricsText::Kind;
  const base::ProcessFigures figures = base::read_process_figures();
  const auto add = [&metrics](const char* name, Kind kind, const char* help, double value) {
    metrics.family(name, kind, help);
    metrics.sample(value);
  };
  add("process_cpu_seconds_total", Kind::counter, "User and system time used.",
      figures.cpu_seconds);
  add("process_resident_memory_bytes", Kind::gauge, "Memory in use.", figures.resident_bytes);
  add("process_virtual_memory_bytes", Kind::gauge, "Address space.", figures.virtual_bytes);
  add("process_open_fds", Kind::gauge, "Open file descriptors.", figures.open_files);
  add("process_max_fds", Kind::gauge, "The most open file descriptors.", figures.most_open_files);
  add("process_start_time_seconds", Kind::gauge, "Start of the process since the epoch.",
      figures.start_time_seconds);
}

bool is_loopback(const std::string& host) {
  return host.starts_with("127.") || host == "::1";
}

base::Result<webhook::ServerCertificate> make_certificate(base::WallTime now) {
  const auto authority = webhook::make_certificate_authority(now, kCertificateLife);
  if (!authority.ok()) return authority.error();
  return webhook::issue_certificate(*authority, {"localhost"}, now, kCertificateLife);
}

}  // namespace

MetricsPart::MetricsPart(const Surroundings& surroundings, Collect collect)
    : surroundings_(surroundings),
      collect_(std::move(collect)),
      gate_([&transport = surroundings.transport](
                const std::string& token) { return ask_about(transport, token); },
            surroundings.clock) {}

base::Result<webhook::ServerOptions> MetricsPart::options() const {
  const RunFlags& flags = surroundings_.flags;
  const auto listen = parse_listen_address(flags.metrics_listen, "--metrics-listen");
  if (!listen.ok()) return listen.error();
  if (!flags.metrics_authentication && !is_loopback(listen->host))
    return base::Error(base::ErrorCode::invalid_argument,
                       fmt::format("--metrics-authentication none needs a loopback address in "
                                   "--metrics-listen, such as 127.0.0.1:{}",
                                   listen->port));
  webhook::ServerOptions options;
  options.address = listen->host;
  options.port = listen->port;
  options.tls = flags.metrics_authentication;
  if (!options.tls) return options;
  auto certificate = make_certificate(surroundings_.clock.wall());
  if (!certificate.ok()) return certificate.error();
  options.certificate = *std::move(certificate);
  return options;
}

base::Status MetricsPart::serve() {
  const auto server_options = options();
  if (!server_options.ok()) return server_options.error();
  const auto render = [this] {
    MetricsText metrics;
    add_process(metrics);
    collect_(metrics);
    return metrics.text();
  };
  webhook::BearerGate* gate = surroundings_.flags.metrics_authentication ? &gate_ : nullptr;
  auto server = webhook::start_server(*server_options, webhook::make_metrics_handler(render, gate),
                                      surroundings_.log);
  if (!server.ok()) return server.error().with_context("serving /metrics");
  server_ = *std::move(server);
  return {};
}

}  // namespace migadapter::app
