// How many admission reviews the webhook answers per second of its CPU time, and how soon, over TLS
// with connections kept alive as the API server keeps them.
//
//   cmake --preset release && ninja -C build/release webhook_bench
//   build/release/tests/bench/webhook_bench [seconds per line]
//
// The server is a process of its own, so that its CPU time is not the clients'. Every second review
// is patched (as a dry run, so that its rule is not used up), the others find no rule. "flat out"
// lines ask again as soon as the answer is there and show the throughput; "paced" lines ask at a
// fixed rate and show the latency, measured from the moment the request was due.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "cluster/rule_view.h"
#include "kube/webhook_registration.h"
#include "webhook/admission_handler.h"
#include "webhook/certificates.h"
#include "webhook/server.h"
#include "webhook/test_client.h"

namespace {

using namespace migadapter;
using BenchClock = std::chrono::steady_clock;
using Micros = std::chrono::microseconds;

constexpr const char* kReviewFile = "tests/bench/data/admission_review.json";
constexpr const char* kOwnerUid = "5b2f0f5e-6a7c-4e53-9f3b-0f7f6d1d2a11";
constexpr const char* kOtherUid = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view kCpuPath = "/cpu";

/// The review of the file, and the same for an owner that has no rule; ready for the wire.
struct Requests {
  std::string patched;
  std::string unchanged;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

Requests load_requests() {
  std::ifstream file(kReviewFile);
  const std::string review(std::istreambuf_iterator<char>(file), {});
  if (review.empty()) {
    fmt::print(stderr, "{} cannot be read; run this in the repository's root\n", kReviewFile);
    std::exit(1);
  }
  const std::string path = std::string(kube::kWebhookPath) + "?timeout=2s";
  return {webhook::post_request(path, review),
          webhook::post_request(path, replaced(review, kOwnerUid, kOtherUid))};
}

cluster::Rule rule_of(const char* owner_uid) {
  cluster::Rule rule;
  rule.id = "bench";
  rule.name_space = base::Name("inference");
  rule.owner = {cluster::OwnerKind::replica_set, base::Name("ReplicaSet"),
                base::Name("encoder-776f69849"), base::Name(owner_uid)};
  rule.demand_resource = base::Name("nvidia.com/mig-1g.5gb");
  rule.grant_resource = base::Name("nvidia.com/mig-2g.10gb");
  rule.demand = {{base::Name("server"), cluster::ContainerKind::app, rule.demand_resource, 1}};
  rule.expires = base::SystemClock().wall() + std::chrono::hours(1);
  return rule;
}

/// CPU time this process has used, user and system.
Micros cpu_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         Micros(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/// The server process: tells its port through `port_pipe` and runs until `end_pipe` closes.
[[noreturn]] void serve(const webhook::ServerCertificate& certificate, int port_pipe,
                        int end_pipe) {
  base::SystemClock clock;
  base::Logger log(clock, base::LogFormat::json, base::LogLevel::info, [](std::string_view) {});
  cluster::RuleView rules;
  rules.upsert(rule_of(kOwnerUid));
  webhook::AdmissionHandler handler(rules, clock, log);
  auto server = webhook::start_server(
      {.address = "127.0.0.1", .certificate = certificate},
      [&](const webhook::ServerRequest& request) -> webhook::ServerReply {
        if (request.path == kCpuPath) {
          return {.body = std::to_string(cpu_time().count())};
        }
        return handler.answer(request);
      },
      log);
  const std::uint16_t port = server.value()->port();
  char end = 0;
  if (write(port_pipe, &port, sizeof port) != sizeof port || read(end_pipe, &end, 1) != 0) {
    std::_Exit(1);
  }
  server->reset();
  std::_Exit(0);
}

struct Load {
  int connections = 0;
  int rate = 0;  ///< requests per second of all connections together; 0: flat out
  std::chrono::seconds duration{};
};

/// One connection's share of the load. Adds the latency of every request to `latencies`.
void drive(webhook::TestClient& client, const Requests& requests, const Load& load, int index,
           std::vector<Micros>& latencies) {
  const auto interval =
      load.rate == 0 ? BenchClock::duration::zero()
                     : BenchClock::duration(std::chrono::seconds(load.connections)) / load.rate;
  auto due = BenchClock::now() + interval * index / load.connections;
  const auto end = BenchClock::now() + load.duration;
  bool patched = index % 2 == 0;
  while (due < end) {
    std::this_thread::sleep_until(due);
    client.send(patched ? requests.patched : requests.unchanged);
    const auto reply = client.read_reply();
    if (!reply || reply->status != 200 ||
        patched != (reply->body.find("JSONPatch") != std::string::npos)) {
      fmt::print(stderr, "a review was not answered as expected\n");
      std::exit(1);
    }
    const auto now = BenchClock::now();
    latencies.push_back(std::chrono::duration_cast<Micros>(now - due));
    due = load.rate == 0 ? now : due + interval;
    patched = !patched;
  }
}

Micros server_cpu_time(webhook::TestClient& client) {
  return Micros(std::strtoll(client.get(kCpuPath)->body.c_str(), nullptr, 10));
}

double milliseconds(const std::vector<Micros>& sorted, double quantile) {
  const auto index = static_cast<std::size_t>(quantile * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[index].count()) / 1000;
}

void run(std::uint16_t port, webhook::ClientTls& tls, const Requests& requests, const Load& load) {
  std::vector<std::unique_ptr<webhook::TestClient>> clients;
  for (int i = 0; i < load.connections; ++i) {
    clients.push_back(std::make_unique<webhook::TestClient>(port, &tls));
  }
  webhook::TestClient observer(port, &tls);
  std::vector<std::vector<Micros>> latencies(clients.size());
  const Micros cpu_before = server_cpu_time(observer);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < load.connections; ++i) {
      const auto index = static_cast<std::size_t>(i);
      threads.emplace_back(
          [&, index, i] { drive(*clients[index], requests, load, i, latencies[index]); });
    }
  }
  const Micros cpu = server_cpu_time(observer) - cpu_before;
  std::vector<Micros> all;
  for (const auto& some : latencies) {
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  const auto count = static_cast<double>(all.size());
  fmt::print("{:>11} {:>9} {:>12.0f} {:>18.0f} {:>9.3f} {:>9.3f}\n", load.connections,
             load.rate == 0 ? "flat out" : fmt::format("{}/s", load.rate),
             count / static_cast<double>(load.duration.count()),
             count * 1e6 / static_cast<double>(cpu.count()), milliseconds(all, 0.5),
             milliseconds(all, 0.99));
}

void run_all(std::uint16_t port, const std::string& ca, std::chrono::seconds duration) {
  const Requests requests = load_requests();
  webhook::ClientTls tls(ca);
  fmt::print("{:>11} {:>9} {:>12} {:>18} {:>9} {:>9}\n", "connections", "load", "requests/s",
             "requests/CPU s", "p50 ms", "p99 ms");
  for (const int connections : {8, 64}) {
    run(port, tls, requests, {connections, 0, duration});
    run(port, tls, requests, {connections, 2000, duration});
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::chrono::seconds duration(argc > 1 ? std::atoi(argv[1]) : 5);
  const base::WallTime now = base::SystemClock().wall();
  const auto authority = webhook::make_certificate_authority(now);
  const auto certificate = webhook::issue_certificate(*authority, {"127.0.0.1"}, now);
  int port_pipe[2];
  int end_pipe[2];
  if (pipe(port_pipe) != 0 || pipe(end_pipe) != 0) {
    return 1;
  }
  const pid_t server = fork();
  if (server == 0) {
    close(end_pipe[1]);
    serve(*certificate, port_pipe[1], end_pipe[0]);
  }
  close(end_pipe[0]);
  std::uint16_t port = 0;
  if (read(port_pipe[0], &port, sizeof port) != sizeof port) {
    return 1;
  }
  run_all(port, authority->certificate_pem, duration);
  close(end_pipe[1]);
  int status = 0;
  waitpid(server, &status, 0);
  return status == 0 ? 0 : 1;
}
