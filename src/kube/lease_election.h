// The rules of the election without its I/O: what to ask the API server next, and what an answer
// means. Written after client-go's leaderelection.
//
//             +-- another holds it and renews it --+
//             v                                    |
//   start -> read -- free, expired or ours -> write -- ok --> leader: write again each period
//             ^                                    |                        |
//             +------------ write failed ----------+<-----------------------+
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "kube/leader_lease.h"
#include "kube/lease_record.h"

namespace migadapter::kube {

/// Decides; not thread-safe.
class LeaseElection {
 public:
  explicit LeaseElection(LeaderLeaseOptions options) : options_(std::move(options)) {}

  /// The record to write at the start of a round without reading first: a renewal while our last
  /// write still counts. Nothing: read the Lease first.
  std::optional<LeaseRecord> renewal(base::MonotonicTime now, base::WallTime wall) const;

  /// The Lease as read: a record, or nothing when there is none. Returns the record to write, or
  /// nothing while another process holds the Lease.
  std::optional<LeaseRecord> on_read(const std::optional<LeaseRecord>& read,
                                     base::MonotonicTime now, base::WallTime wall);

  /// A write that started at `started` succeeded; `written` is the server's answer.
  void on_written(const LeaseRecord& written, base::MonotonicTime started);

  /// A write failed: what we believed about the Lease may be wrong, so the next round reads it.
  void on_write_failed() { must_read_ = true; }

  /// The record that gives the Lease back, if we hold it.
  std::optional<LeaseRecord> release(base::WallTime wall) const;
  void on_released();

  /// Until when we may act.
  std::optional<base::MonotonicTime> leader_until() const { return leader_until_; }
  /// Who held the Lease when it was last seen; empty: nobody or not known.
  const std::string& holder() const { return seen_.holder; }

 private:
  bool is_ours() const { return seen_.holder == options_.identity; }
  bool still_counts(base::MonotonicTime now) const { return seen_at_ + seen_.duration > now; }
  LeaseRecord claim(base::WallTime wall) const;

  const LeaderLeaseOptions options_;
  LeaseRecord seen_;               // the last record seen, ours or another's
  base::MonotonicTime seen_at_{};  // when it was first seen like that, by our clock
  bool must_read_ = true;
  std::optional<base::MonotonicTime> leader_until_;
};

}  // namespace migadapter::kube
