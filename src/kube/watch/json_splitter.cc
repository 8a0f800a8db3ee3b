#include "kube/watch/json_splitter.h"

#include "base/check.h"

namespace migadapter::kube {
namespace {

/// Memory kept from one object to the next.
constexpr std::size_t kKeptCapacity = 64 * 1024;

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

base::Error malformed(std::string message) {
  return base::Error(base::ErrorCode::invalid_argument, std::move(message));
}

}  // namespace

std::string_view ObjectCollector::finish(std::string_view chunk, std::size_t end) {
  MIGADAPTER_CHECK(collecting_);
  collecting_ = false;
  if (!kept_) {
    if (bytes_.capacity() > kKeptCapacity) std::string().swap(bytes_);
    return chunk.substr(start_, end - start_);
  }
  kept_ = false;
  bytes_.append(chunk.substr(0, end));
  return bytes_;
}

base::Status ObjectCollector::keep(std::string_view chunk) {
  if (!collecting_) return {};
  if (!kept_) {
    bytes_.clear();
    kept_ = true;
    chunk.remove_prefix(start_);
  }
  bytes_.append(chunk);
  if (bytes_.size() > kMostObjectBytes) return malformed("an object is too large");
  return {};
}

base::Status FrameSplitter::feed(std::string_view chunk, const ObjectSink& sink) {
  for (std::size_t at = 0; at < chunk.size(); ++at) {
    const char c = chunk[at];
    if (!collector_.collecting()) {
      if (is_blank(c)) continue;
      if (c != '{') return malformed("a watch frame is not an object");
      collector_.begin(at);
    }
    nesting_.step(c);
    if (nesting_.depth() == 0 && !sink(collector_.finish(chunk, at + 1))) return {};
  }
  return collector_.keep(chunk);
}

/// A byte of the list that belongs to no item.
base::Status ListSplitter::step_outside(char c) {
  if (complete()) return is_blank(c) ? base::Status() : malformed("bytes after the list's end");
  if (!started_ && is_blank(c)) return {};
  if (!started_ && c != '{') return malformed("the list is not an object");
  started_ = true;
  const bool was_in_string = nesting_.in_string();
  nesting_.step(c);
  if (nesting_.depth() == 1 && !was_in_string && nesting_.in_string()) {
    key_.clear();
  } else if (was_in_string && nesting_.in_string() && key_.size() < 8) {
    key_ += c;
  }
  in_items_ = c == '[' && !was_in_string && nesting_.depth() == 2 && key_ == "items";
  envelope_ += c;
  if (envelope_.size() > kMostEnvelopeBytes) return malformed("the list's metadata is too large");
  return {};
}

/// A byte of the array of items, between two of them.
base::Status ListSplitter::step_between_items(char c, std::size_t offset) {
  if (is_blank(c) || c == ',') return {};
  if (c != '{' && c != ']') return malformed("an item of the list is not an object");
  nesting_.step(c);
  if (c == '{') {
    collector_.begin(offset);
    return {};
  }
  in_items_ = false;
  envelope_ += c;
  return {};
}

base::Status ListSplitter::feed(std::string_view chunk, const ObjectSink& sink) {
  constexpr int kItemsDepth = 2;
  for (std::size_t at = 0; at < chunk.size(); ++at) {
    if (collector_.collecting()) {
      nesting_.step(chunk[at]);
      if (nesting_.depth() == kItemsDepth && !sink(collector_.finish(chunk, at + 1))) return {};
      continue;
    }
    base::Status status = in_items_ ? step_between_items(chunk[at], at) : step_outside(chunk[at]);
    if (!status.ok()) return status;
  }
  return collector_.keep(chunk);
}

}  // namespace migadapter::kube
