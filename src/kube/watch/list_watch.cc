#include "kube/watch/list_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace migadapter::kube {
namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kNotFound = 404;
constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;
constexpr int kServerError = 500;
/// A watch that the server ends sooner than this counts as failed, lest we ask again and again.
constexpr base::Millis kShortWatch{1'000};
/// Lists this far apart need no back-off, only so many milliseconds at random that not every client
/// lists at once.
constexpr base::Millis kSeldomList{30'000};
constexpr std::uint64_t kSoon = 1'000;
/// How soon a kind that the cluster does not serve is looked for again.
constexpr base::Millis kLookForKind{60'000};
constexpr std::size_t kMostRefusalBytes = 4096;

/// Between 5 and 10 minutes, so that not all clients come back at once.
int watch_seconds(base::Rng& random) {
  return 300 + static_cast<int>(random.below(301));
}

}  // namespace

ListWatch::ListWatch(Collection collection, Surroundings surroundings, std::uint64_t seed)
    : collection_(std::move(collection)), around_(surroundings), random_(seed) {}

std::optional<base::MonotonicTime> ListWatch::current_as_of() const {
  return watch_is_open_ ? proof_ : std::nullopt;
}

ListWatchStep ListWatch::start(base::MonotonicTime now) {
  return start_list(now);
}

ListWatchStep ListWatch::on_timer(base::MonotonicTime now) {
  if (state_ != State::waiting) return {};
  if (next_ == State::watching) return request_watch(now);
  return continue_token_.empty() ? start_list(now) : request_page();
}

ListWatchStep ListWatch::start_list(base::MonotonicTime now) {
  ++list_number_;
  list_started_ = now;
  continue_token_.clear();
  version_.clear();
  return request_page();
}

ListWatchStep ListWatch::request_page() {
  state_ = State::listing;
  list_ = {};
  return {false, list_request(collection_, continue_token_), std::nullopt};
}

ListWatchStep ListWatch::request_watch(base::MonotonicTime now) {
  state_ = State::watching;
  frames_ = {};
  watch_opened_ = now;
  return {false, watch_request(collection_, version_, watch_seconds(random_)), std::nullopt};
}

ListWatchStep ListWatch::on_status(int status, std::optional<base::Millis> retry_after,
                                   base::MonotonicTime now) {
  if (state_ == State::waiting) return {};
  refusal_ = status == kOk ? 0 : status;
  refusal_body_.clear();
  retry_after_ = retry_after;
  const bool opens = state_ == State::watching && status == kOk;
  watch_is_open_ = opens || is_not_served(status);
  if (opens) watch_opened_ = now;
  return {};
}

ListWatchStep ListWatch::on_bytes(std::string_view bytes, base::MonotonicTime now) {
  if (state_ == State::waiting) return {};
  if (refusal_ != 0) {
    refusal_body_ += bytes.substr(0, kMostRefusalBytes - refusal_body_.size());
    return {};
  }
  return state_ == State::listing ? feed_list(bytes, now) : feed_watch(bytes, now);
}

ListWatchStep ListWatch::on_end(const base::Status& end, base::MonotonicTime now) {
  if (state_ == State::waiting) return {};
  const bool was_watching = state_ == State::watching;
  if (refusal_ != 0) return refused(now);
  if (was_watching) return end_of_watch(end, now);
  if (!end.ok()) return fail(end.error().message(), now);
  return list_.complete() ? finish_page(now) : fail("the list ended early", now);
}

ListWatchStep ListWatch::feed_list(std::string_view bytes, base::MonotonicTime now) {
  const base::Status status = list_.feed(bytes, [this](std::string_view item) {
    take_item(item);
    return true;
  });
  return status.ok() ? ListWatchStep{} : fail(status.error().message(), now);
}

void ListWatch::take_item(std::string_view bytes) {
  report(around_.codec.decode_item(kind(), bytes));
}

ListWatchStep ListWatch::finish_page(base::MonotonicTime now) {
  base::Result<ListEnvelope> envelope = around_.codec.decode_envelope(list_.envelope());
  if (!envelope.ok()) return fail(envelope.error().message(), now);
  if (version_.empty()) version_ = envelope->resource_version;  // all pages show the same moment
  continue_token_ = std::move(envelope->continue_token);
  if (!continue_token_.empty()) return request_page();
  finish_list();
  return request_watch(now);
}

void ListWatch::finish_list() {
  std::vector<base::Name> gone;
  for (const auto& [key, number] : known_) {
    if (number != list_number_) gone.push_back(key);
  }
  for (const base::Name& key : gone) remove(key);
  list_ = {};
  proof_ = list_started_;
  next_ = State::watching;
  around_.emit(Synced{kind()});
  tell_version();
}

/// A replica of the webhook says up to where it serves the rules; nobody asks that of other kinds.
void ListWatch::tell_version() {
  if (kind() != WatchedKind::mig_rules || version_ == told_version_) return;
  told_version_ = version_;
  around_.emit(Reported{kind(), version_});
}

/// Hands an object on. One that cannot be read stays as it was known: what it occupies must not
/// look free. An owner that no longer matters is reported as removed.
void ListWatch::report(WatchedObject object) {
  if (object.error) {
    around_.log.warning("skipped an object that cannot be read",
                        {{"kind", to_string(kind())}, {"error", object.error->message()}});
    const auto known = known_.find(object.key);
    if (known != known_.end()) known->second = list_number_;
  } else if (object.record) {
    const auto known = known_.insert_or_assign(std::move(object.key), list_number_).first;
    // One copy of the uid for whoever keeps it.
    if (auto* pod = std::get_if<cluster::Pod>(&*object.record)) pod->uid = known->first;
    around_.emit(std::move(*object.record));
  } else {
    remove(object.key);
  }
}

void ListWatch::remove(base::Name key) {
  if (known_.erase(key) != 0) around_.emit(Removed{kind(), std::move(key)});
}

ListWatchStep ListWatch::feed_watch(std::string_view bytes, base::MonotonicTime now) {
  ListWatchStep step;
  const base::Status status = frames_.feed(bytes, [&](std::string_view frame) {
    step = take_frame(frame, now);
    return !step.drop;
  });
  tell_version();
  return status.ok() ? step : unreadable(status.error().message(), now);
}

ListWatchStep ListWatch::take_frame(std::string_view bytes, base::MonotonicTime now) {
  base::Result<WatchFrame> frame = around_.codec.decode_frame(kind(), bytes);
  if (!frame.ok()) return unreadable(frame.error().message(), now);
  if (frame->type == FrameType::error) {
    return is_rejected_position(frame->status_code) ? start_over(frame->complaint, now)
                                                    : fail(frame->complaint, now);
  }
  if (frame->type == FrameType::deleted) remove(frame->object.key);
  if (!frame->object.resource_version.empty()) version_ = frame->object.resource_version;
  if (frame->type == FrameType::added || frame->type == FrameType::modified) {
    report(std::move(frame->object));
  }
  proof_ = now;
  return {};
}

ListWatchStep ListWatch::end_of_watch(const base::Status& end, base::MonotonicTime now) {
  if (!end.ok()) return fail(end.error().message(), now);
  if (!frames_.between_objects()) return fail("the watch ended within an event", now);
  if (now - watch_opened_ < kShortWatch) return fail("the watch ended at once", now);
  watch_is_open_ = false;
  return request_watch(now);
}

/// Whether the server says that our place in its history, or in its list, is none.
bool ListWatch::is_rejected_position(int status) const {
  const bool has_position = next_ == State::watching || !continue_token_.empty();
  return status == kGone || (status == kBadRequest && has_position);
}

ListWatchStep ListWatch::refused(base::MonotonicTime now) {
  const int status = std::exchange(refusal_, 0);
  const std::optional<base::Millis> asked = std::exchange(retry_after_, std::nullopt);
  if (is_not_served(status)) return take_for_empty(now);
  const std::string what =
      fmt::format("HTTP {}: {}", status, around_.codec.decode_status_message(refusal_body_));
  if (is_rejected_position(status)) return start_over(what, now);
  ListWatchStep step = fail(what, now);
  const bool may_ask = status == kTooManyRequests || status >= kServerError;
  if (asked && may_ask) step.wait = std::max(*step.wait, *asked);
  return step;
}

bool ListWatch::is_not_served(int status) const {
  return status == kNotFound && is_optional(kind()) && state_ == State::listing;
}

/// There is nothing to watch, and nothing is missed until the kind is served, which is looked for
/// now and then.
ListWatchStep ListWatch::take_for_empty(base::MonotonicTime now) {
  finish_list();
  proof_ = now;
  state_ = State::waiting;
  next_ = State::listing;
  return {true, std::nullopt, kLookForKind};
}

/// The server works but has forgotten our position: list anew, soon unless that was just done.
ListWatchStep ListWatch::start_over(std::string_view what, base::MonotonicTime now) {
  next_ = State::listing;
  continue_token_.clear();
  const bool listed_lately = now - list_started_ < kSeldomList;
  return give_up(what,
                 listed_lately ? back_off_.next(now, random_) : base::Millis(random_.below(kSoon)));
}

/// A resumed watch begins with the same event again. Where it still cannot be read, only a list
/// leads past it.
ListWatchStep ListWatch::unreadable(std::string_view what, base::MonotonicTime now) {
  const bool again = std::exchange(unreadable_after_, version_) == version_;
  return again ? start_over(what, now) : fail(what, now);
}

ListWatchStep ListWatch::fail(std::string_view what, base::MonotonicTime now) {
  return give_up(what, back_off_.next(now, random_));
}

ListWatchStep ListWatch::give_up(std::string_view what, base::Millis wait) {
  around_.log.warning(
      next_ == State::watching ? "a watch ended and will be resumed" : "a list will be tried again",
      {{"kind", to_string(kind())}, {"reason", what}, {"wait_ms", wait.count()}});
  state_ = State::waiting;
  watch_is_open_ = false;
  return {true, std::nullopt, wait};
}

}  // namespace migadapter::kube
