#include "kube/lease_election.h"

#include <cstdint>
#include <limits>

namespace migadapter::kube {
namespace {

/// client-go writes a second into a released Lease, because 0 is not valid there.
constexpr base::Millis kReleasedDuration{1'000};

/// The API takes 32 bits and nothing negative: the count starts again when they are full.
int one_more(int transitions) {
  return transitions == std::numeric_limits<std::int32_t>::max() ? 0 : transitions + 1;
}

}  // namespace

LeaseRecord LeaseElection::claim(base::WallTime wall) const {
  LeaseRecord record = seen_;
  if (!is_ours()) {
    record.acquired = wall;
    record.transitions = seen_.resource_version.empty() ? 0 : one_more(seen_.transitions);
  }
  record.holder = options_.identity;
  record.duration = options_.lease_duration;
  record.renewed = wall;
  return record;
}

std::optional<LeaseRecord> LeaseElection::renewal(base::MonotonicTime now,
                                                  base::WallTime wall) const {
  if (must_read_ || !is_ours() || !still_counts(now)) return std::nullopt;
  return claim(wall);
}

std::optional<LeaseRecord> LeaseElection::on_read(const std::optional<LeaseRecord>& read,
                                                  base::MonotonicTime now, base::WallTime wall) {
  const LeaseRecord current = read.value_or(LeaseRecord{});
  if (current != seen_) {
    seen_ = current;
    seen_at_ = now;
  }
  must_read_ = false;
  if (!is_ours()) leader_until_.reset();
  const bool free = seen_.holder.empty() || is_ours() || !still_counts(now);
  return free ? std::optional(claim(wall)) : std::nullopt;
}

void LeaseElection::on_written(const LeaseRecord& written, base::MonotonicTime started) {
  seen_ = written;
  seen_at_ = started;
  must_read_ = false;
  leader_until_ = started + options_.renew_deadline;
}

std::optional<LeaseRecord> LeaseElection::release(base::WallTime wall) const {
  if (!is_ours() || !leader_until_.has_value()) return std::nullopt;
  LeaseRecord record = seen_;
  record.holder.clear();
  record.duration = kReleasedDuration;
  record.acquired = wall;
  record.renewed = wall;
  return record;
}

void LeaseElection::on_released() {
  leader_until_.reset();
  seen_ = LeaseRecord{};
  must_read_ = true;
}

}  // namespace migadapter::kube
