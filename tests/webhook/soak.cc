// Reviews without end through the real server over TLS, of pods of many shapes, while rules come
// and go and connections are opened anew. Every answer is read and judged; one that is missing,
// late or wrong is a failure.
//
//   ninja -C build/release webhook_soak
//   build/release/tests/webhook/webhook_soak 1000000
//
// Arguments: how many reviews (10,000), the seed (1).
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "cluster/rule_view.h"
#include "kube/codec/base64.h"
#include "kube/codec/json_reader.h"
#include "kube/webhook_registration.h"
#include "webhook/admission_handler.h"
#include "webhook/certificates.h"
#include "webhook/server.h"
#include "webhook/test_client.h"

namespace {

using namespace migadapter;  // NOLINT(google-build-using-namespace)

constexpr int kConnections = 8;
/// A connection is opened anew after so many reviews.
constexpr std::uint64_t kReviewsOfConnection = 500;
constexpr std::uint64_t kOwners = 300;
/// Rules of changing owners that are in force at the same time.
constexpr std::size_t kChangingRules = 500;

constexpr std::array<std::string_view, 4> kDemands = {
    "nvidia.com/mig-1g.5gb", "nvidia.com/mig-1g.5gb.me", "nvidia.com/mig-1g.10gb",
    "nvidia.com/mig-2g.10gb"};
constexpr std::string_view kGrant = "nvidia.com/mig-3g.20gb";

/// What is known of the rules for an owner.
enum class Rules {
  standing,  ///< one is there all the time; only dry runs ask for it, so nobody claims it
  changing,  ///< they come and go and are claimed
  none,
};

/// The owner decides what its pods ask for and which rules there are.
struct Owner {
  std::uint64_t number = 0;

  Rules rules() const { return static_cast<Rules>(number % 3); }
  std::string uid() const { return fmt::format("owner-{}", number); }
  std::string_view demand() const { return kDemands[number % kDemands.size()]; }
  std::uint64_t init_containers() const { return number / 3 % 3; }
  std::uint64_t app_containers() const { return 1 + number / 9 % 4; }
};

cluster::Rule rule_of(const Owner& owner, std::uint64_t id, base::WallTime now) {
  cluster::Rule rule;
  rule.id = fmt::format("{:016x}", id);
  rule.uid = base::Name(rule.id);
  rule.name_space = base::Name("team");
  rule.owner = {cluster::OwnerKind::replica_set, base::Name("ReplicaSet"), base::Name("web"),
                base::Name(owner.uid())};
  rule.demand_resource = base::Name(owner.demand());
  rule.grant_resource = base::Name(kGrant);
  const auto add = [&](std::string_view prefix, cluster::ContainerKind kind, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      rule.demand.push_back(
          {base::Name(fmt::format("{}{}", prefix, i)), kind, rule.demand_resource, 1});
    }
  };
  add("init", cluster::ContainerKind::init, owner.init_containers());
  add("app", cluster::ContainerKind::app, owner.app_containers());
  rule.expires = now + std::chrono::hours(1);
  return rule;
}

/// A pod's parts that differ between pods of one owner, and do not matter to its rule.
struct Shape {
  bool annotations = false;
  bool requests = false;  ///< beside the limits
  bool patched = false;   ///< carries our annotation already
  std::uint64_t padding = 0;
};

Shape choose_shape(base::Rng& chance) {
  return {chance.below(2) == 0, chance.below(2) == 0, chance.below(10) == 0,
          chance.below(50) == 0 ? 50'000 : chance.below(3'000)};
}

std::string containers(std::string_view prefix, std::uint64_t count, const Owner& owner,
                       bool requests) {
  const std::string amounts = fmt::format(R"({{"cpu":"1","{}":"1"}})", owner.demand());
  const std::string more = requests ? fmt::format(R"(,"requests":{})", amounts) : "";
  std::string list;
  for (std::uint64_t i = 0; i < count; ++i) {
    list += fmt::format(R"({}{{"name":"{}{}","resources":{{"limits":{}{}}}}})", i == 0 ? "" : ",",
                        prefix, i, amounts, more);
  }
  return list;
}

std::string annotations(const Shape& shape) {
  if (shape.patched) return R"("annotations":{"migadapter.io/demand":"{}"},)";
  return shape.annotations ? R"("annotations":{"a/b~c":"d"},)" : "";
}

std::string pod(const Owner& owner, const Shape& shape) {
  const std::string metadata = fmt::format(
      R"({{"generateName":"web-",{}"ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet",)"
      R"("name":"web","controller":true,"uid":"{}"}}]}})",
      annotations(shape), owner.uid());
  return fmt::format(
      R"({{"metadata":{},"spec":{{"hostname":"{}","initContainers":[{}],"containers":[{}]}}}})",
      metadata, std::string(shape.padding, 'x'),
      containers("init", owner.init_containers(), owner, shape.requests),
      containers("app", owner.app_containers(), owner, shape.requests));
}

std::string review(std::string_view uid, bool dry_run, std::string_view object) {
  return fmt::format(
      R"({{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{{"uid":"{}",)"
      R"("resource":{{"group":"","version":"v1","resource":"pods"}},"namespace":"team",)"
      R"("operation":"CREATE","dryRun":{},"object":{}}}}})",
      uid, dry_run, object);
}

/// What all clients count together.
struct Counts {
  std::atomic<std::uint64_t> reviews = 0;
  std::atomic<std::uint64_t> patched = 0;
  std::atomic<std::uint64_t> failures = 0;
};

enum class Answer { wrong, unchanged, patched };

Answer judge(const std::optional<webhook::ClientReply>& reply, std::string_view uid) {
  if (!reply || reply->status != 200) return Answer::wrong;
  kube::JsonReader reader;
  const auto root = reader.read(reply->body);
  if (!root.ok()) return Answer::wrong;
  const kube::JsonField response = root->at("response");
  const bool allowed = response.at("uid").text() == uid && response.at("allowed").flag();
  if (!allowed) return Answer::wrong;
  if (!response.at("patch").present()) return Answer::unchanged;
  const auto patch = kube::from_base64(response.at("patch").text());
  kube::JsonReader patch_reader;
  const bool sound = patch && patch_reader.read(*patch).ok() &&
                     patch->find(kGrant.substr(kGrant.find('/') + 1)) != std::string::npos;
  return sound ? Answer::patched : Answer::wrong;
}

bool is_expected(Answer answer, const Owner& owner, const Shape& shape) {
  if (answer == Answer::wrong) return false;
  if (shape.patched || owner.rules() == Rules::none) return answer == Answer::unchanged;
  return owner.rules() == Rules::changing || answer == Answer::patched;
}

/// Asks until all reviews are done. Works on a thread of its own.
class Client {
 public:
  Client(std::uint16_t port, const std::string& ca, std::uint64_t seed)
      : port_(port), tls_(ca), chance_(seed) {}

  void run(std::uint64_t reviews, Counts& counts) {
    while (counts.reviews.fetch_add(1) < reviews) {
      if (asked_++ % kReviewsOfConnection == 0) {
        connection_ = std::make_unique<webhook::TestClient>(port_, &tls_);
      }
      ask(counts);
    }
  }

 private:
  void ask(Counts& counts) {
    const Owner owner{chance_.below(kOwners)};
    const Shape shape = choose_shape(chance_);
    const bool dry_run = owner.rules() == Rules::standing;
    const std::string uid = fmt::format("{:016x}", chance_.next());
    const auto reply = connection_->post(fmt::format("{}?timeout=2s", kube::kWebhookPath),
                                         review(uid, dry_run, pod(owner, shape)));
    const Answer answer = judge(reply, uid);
    counts.patched += answer == Answer::patched ? 1 : 0;
    if (is_expected(answer, owner, shape)) return;
    ++counts.failures;
    fmt::print(stderr, "owner {}: {}\n", owner.number, reply ? reply->body : "no answer");
  }

  const std::uint16_t port_;
  webhook::ClientTls tls_;
  base::Rng chance_;
  std::unique_ptr<webhook::TestClient> connection_;
  std::uint64_t asked_ = 0;
};

void put_standing_rules(cluster::RuleView& rules, base::WallTime now) {
  for (Owner owner; owner.number < kOwners; ++owner.number) {
    if (owner.rules() != Rules::standing) continue;
    rules.upsert(rule_of(owner, owner.number, now));
  }
}

/// Adds rules and removes the oldest, as fast as it can, until told to stop.
void change_rules(const std::stop_token& stop, cluster::RuleView& rules, std::uint64_t seed,
                  base::WallTime now) {
  base::Rng chance(seed);
  std::deque<base::Name> in_force;
  for (std::uint64_t id = kOwners; !stop.stop_requested(); ++id) {
    const Owner owner{3 * chance.below(kOwners / 3) + static_cast<std::uint64_t>(Rules::changing)};
    const cluster::Rule rule = rule_of(owner, id, now);
    rules.upsert(rule);
    in_force.push_back(rule.uid);
    if (in_force.size() <= kChangingRules) continue;
    rules.remove(in_force.front());
    in_force.pop_front();
  }
}

/// Returns whether every answer was right.
bool soak(std::uint64_t reviews, std::uint64_t seed) {
  const base::SystemClock clock;
  base::Logger log(clock, base::LogFormat::json, base::LogLevel::warning,
                   base::standard_error_sink());
  const auto authority = webhook::make_certificate_authority(clock.wall());
  const auto certificate = webhook::issue_certificate(*authority, {"127.0.0.1"}, clock.wall());
  cluster::RuleView rules;
  put_standing_rules(rules, clock.wall());
  webhook::AdmissionHandler handler(rules, clock, log);
  auto server = webhook::start_server(
      {.address = "127.0.0.1", .certificate = *certificate},
      [&handler](const webhook::ServerRequest& request) { return handler.answer(request); }, log);
  Counts counts;
  const base::MonotonicTime begin = clock.monotonic();
  {
    std::jthread changes(
        [&](const std::stop_token& stop) { change_rules(stop, rules, seed, clock.wall()); });
    std::vector<std::jthread> clients;
    for (std::uint64_t i = 0; i < kConnections; ++i) {
      clients.emplace_back([&, i] {
        Client(server.value()->port(), authority->certificate_pem, seed + 1 + i)
            .run(reviews, counts);
      });
    }
    clients.clear();
  }
  const auto seconds = std::chrono::duration<double>(clock.monotonic() - begin).count();
  fmt::print("seed {}: {} reviews in {:.1f} s, {} patched, {} refused, {} failures\n", seed,
             reviews, seconds, counts.patched.load(), handler.refused(), counts.failures.load());
  return counts.failures == 0 && handler.refused() == 0 && counts.patched > reviews / 10;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t reviews = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  return soak(reviews, seed) ? 0 : 1;
}
