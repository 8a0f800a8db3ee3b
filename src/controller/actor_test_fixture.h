// One process with a controller in it, for the controller's tests: it hears of the cluster what the
// test lets through, and may die at any write.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "controller/controller.h"

namespace migadapter::controller {

/// What the API server carries out; see World.
class ApiServer {
 public:
  virtual ~ApiServer() = default;
  virtual base::Status evict(const kube::Eviction& eviction) = 0;
  virtual base::Result<kube::RuleVersion> create_rule(const cluster::Rule& rule) = 0;
  virtual base::Result<kube::RuleVersion> write_rule_status(const cluster::Rule& rule) = 0;
  virtual base::Result<kube::RuleVersion> remove_rule(const cluster::Rule& rule) = 0;
  virtual void record(const kube::EventRecord& event) = 0;
  virtual void report(const cluster::Policy& policy, const cluster::PolicyStatus& status) = 0;
};

/// Passes the controller's writes on and its messages in.
class Actor final : public kube::ClusterWriter, public kube::RuleWriter {
 public:
  Actor(ApiServer& server, base::Clock& clock, std::string name);

  /// Starts the controller anew; nothing is remembered and nothing under way is answered.
  void restart();
  void tell(kube::ClusterEvent event) { undelivered_.emplace_back(std::move(event)); }
  /// Delivers up to so many messages and lets the controller work. False without messages.
  bool step(std::size_t most_messages);
  /// Delivers the oldest answer that is held back. False when there is none.
  bool deliver_answer();
  /// Lets the controller work although nothing has happened.
  void wake() { controller_->step({}); }
  const Controller& controller() const { return *controller_; }

  GateView gate_view;
  bool answers_are_late = false;  ///< an answer waits for deliver_answer
  int writes = 0;                 ///< asked for so far
  /// At this write the process dies, before it is carried out or after.
  int dies_at_write = -1;
  bool dies_before_write = false;
  bool dead = false;
  int deposed = 0;  ///< how often the controller said so

  // kube::ClusterWriter
  void evict(const kube::Eviction& eviction, std::function<void(base::Status)> done) override;
  void record(const kube::EventRecord& event) override { server_.record(event); }
  void report(const cluster::Policy& policy, const cluster::PolicyStatus& status) override {
    if (!dead) server_.report(policy, status);
  }
  // kube::RuleWriter
  void create(const cluster::Rule& rule, Done done) override;
  void write_status(const cluster::Rule& rule, Done done) override;
  void remove(const cluster::Rule& rule, Done done) override;

 private:
  /// Carries the write out unless the process is dead, and answers unless it dies of it.
  template <typename Answer>
  void carry_out(const std::function<Answer()>& write, std::function<void(Answer)> done);

  ApiServer& server_;
  base::Clock& clock_;
  const std::string name_;
  std::uint64_t lives_ = 0;
  Inbox inbox_;
  std::deque<Message> undelivered_;
  std::deque<std::function<void()>> answers_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::error, [](std::string_view) {}};
  std::unique_ptr<Controller> controller_;
};

}  // namespace migadapter::controller
