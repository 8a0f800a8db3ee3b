#include "controller/actor_test_fixture.h"

#include <utility>

namespace migadapter::controller {

Actor::Actor(ApiServer& server, base::Clock& clock, std::string name)
    : server_(server), clock_(clock), name_(std::move(name)) {
  restart();
}

void Actor::restart() {
  controller_.reset();
  answers_.clear();
  inbox_.take(base::Millis(0));
  undelivered_.clear();
  dead = false;
  ControllerOptions options;
  options.mover.seed = std::hash<std::string>()(name_) + ++lives_;
  options.mover.actor = name_ + "_" + std::to_string(lives_);
  controller_ = std::make_unique<Controller>(
      ControllerDoors{inbox_, *this, *this, clock_, log_, [this] { return gate_view; },
                      [this] { ++deposed; }},
      options);
}

bool Actor::step(std::size_t most_messages) {
  for (Message& message : inbox_.take(base::Millis(0))) undelivered_.push_back(std::move(message));
  std::vector<Message> messages;
  for (; !undelivered_.empty() && messages.size() < most_messages; undelivered_.pop_front())
    messages.push_back(std::move(undelivered_.front()));
  if (messages.empty()) return false;
  controller_->step(std::move(messages));
  return true;
}

bool Actor::deliver_answer() {
  if (answers_.empty()) return false;
  const std::function<void()> answer = std::move(answers_.front());
  answers_.pop_front();
  answer();
  return true;
}

template <typename Answer>
void Actor::carry_out(const std::function<Answer()>& write, std::function<void(Answer)> done) {
  if (dead) return;
  const bool dies = ++writes == dies_at_write;
  dead = dies;
  if (dies && dies_before_write) return;
  Answer answer = write();
  if (dies) return;
  if (!answers_are_late) return done(std::move(answer));
  answers_.emplace_back([done = std::move(done), answer] { done(answer); });
}

void Actor::evict(const kube::Eviction& eviction, std::function<void(base::Status)> done) {
  carry_out<base::Status>([&] { return server_.evict(eviction); }, std::move(done));
}

void Actor::create(const cluster::Rule& rule, Done done) {
  carry_out<base::Result<kube::RuleVersion>>([&] { return server_.create_rule(rule); },
                                             std::move(done));
}

void Actor::write_status(const cluster::Rule& rule, Done done) {
  carry_out<base::Result<kube::RuleVersion>>([&] { return server_.write_rule_status(rule); },
                                             std::move(done));
}

void Actor::remove(const cluster::Rule& rule, Done done) {
  carry_out<base::Result<kube::RuleVersion>>([&] { return server_.remove_rule(rule); },
                                             std::move(done));
}

}  // namespace migadapter::controller
