// The course of one kind's list and watch, without a network: what happened goes in, what to do
// next comes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "kube/cluster_watch.h"
#include "kube/codec/object_codec.h"
#include "kube/http.h"
#include "kube/watch/json_splitter.h"
#include "kube/watch/list_watch_request.h"

namespace migadapter::kube {

/// What to do after a step. Nothing set: wait for more.
struct ListWatchStep {
  bool drop = false;                   ///< end the request under way; nothing of it follows
  std::optional<HttpRequest> request;  ///< send this
  std::optional<base::Millis> wait;    ///< or call on_timer after that long
};

/// A state machine:
///
///            +------------------ 410 in either form, after a wait ----------------+
///            v                                                                    |
///     listing page 1 --> page 2 ... --> (Removed for what is gone, Synced) --> watching
///       ^         |                                                           ^       |
///       +- wait --+  any failure; 410: from page 1            ended or failed +-------+
///
/// Objects are handed to `emit` as they arrive, at least once each; a relist reports everything
/// again. Confined to one thread.
class ListWatch {
 public:
  struct Surroundings {
    ObjectCodec& codec;
    base::Logger& log;
    const ClusterWatch::Sink& emit;
  };
  ListWatch(Collection collection, Surroundings surroundings, std::uint64_t seed);

  ListWatchStep start(base::MonotonicTime now);
  ListWatchStep on_status(int status, std::optional<base::Millis> retry_after,
                          base::MonotonicTime now);
  ListWatchStep on_bytes(std::string_view bytes, base::MonotonicTime now);
  ListWatchStep on_end(const base::Status& end, base::MonotonicTime now);
  ListWatchStep on_timer(base::MonotonicTime now);

  WatchedKind kind() const { return collection_.kind; }
  /// The last proof that the view is current; nothing while no watch is open.
  std::optional<base::MonotonicTime> current_as_of() const;
  /// Objects reported and not removed.
  std::size_t known_count() const { return known_.size(); }

 private:
  enum class State { waiting, listing, watching };

  ListWatchStep start_list(base::MonotonicTime now);
  ListWatchStep request_page();
  ListWatchStep request_watch(base::MonotonicTime now);
  ListWatchStep finish_page(base::MonotonicTime now);
  void finish_list();
  void tell_version();
  void take_item(std::string_view bytes);
  ListWatchStep feed_list(std::string_view bytes, base::MonotonicTime now);
  ListWatchStep feed_watch(std::string_view bytes, base::MonotonicTime now);
  ListWatchStep take_frame(std::string_view bytes, base::MonotonicTime now);
  void report(WatchedObject object);
  void remove(base::Name key);  // by value: the caller's may live in what is erased
  ListWatchStep end_of_watch(const base::Status& end, base::MonotonicTime now);
  ListWatchStep refused(base::MonotonicTime now);
  bool is_not_served(int status) const;
  ListWatchStep take_for_empty(base::MonotonicTime now);
  ListWatchStep start_over(std::string_view what, base::MonotonicTime now);
  ListWatchStep unreadable(std::string_view what, base::MonotonicTime now);
  ListWatchStep fail(std::string_view what, base::MonotonicTime now);
  ListWatchStep give_up(std::string_view what, base::Millis wait);
  bool is_rejected_position(int status) const;

  const Collection collection_;
  Surroundings around_;
  base::Rng random_;
  BackOff back_off_;

  State state_ = State::waiting;
  State next_ = State::listing;  ///< what the timer starts
  int refusal_ = 0;              ///< the answer's status unless 200
  std::string refusal_body_;
  std::optional<base::Millis> retry_after_;

  ListSplitter list_;
  FrameSplitter frames_;
  std::string continue_token_;
  std::string version_;           ///< of the list under way, then of the last event
  std::string told_version_;      ///< that all up to it has been reported
  std::string unreadable_after_;  ///< the version at which the watch could not be read last
  base::MonotonicTime list_started_{};
  base::MonotonicTime watch_opened_{};
  bool watch_is_open_ = false;
  std::optional<base::MonotonicTime> proof_;

  /// Keys reported and not removed, with the list that showed each last.
  std::unordered_map<base::Name, std::uint32_t> known_;
  std::uint32_t list_number_ = 0;
};

}  // namespace migadapter::kube
