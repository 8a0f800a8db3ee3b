// Cuts a stream of JSON into the objects that are read one by one, wherever the bytes were cut by
// the network.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace migadapter::kube {

/// The most bytes of one object. etcd takes 1.5 MiB unless told otherwise, in the binary form; a
/// pod of nothing but container ports is four times as long in JSON.
inline constexpr std::size_t kMostObjectBytes = 8 * 1024 * 1024;
/// The most bytes of a list beside its items.
inline constexpr std::size_t kMostEnvelopeBytes = 256 * 1024;

/// Given the bytes of one object, valid during the call only. False: stop, nothing more is wanted.
using ObjectSink = std::function<bool(std::string_view object)>;

/// Follows the nesting of a JSON text byte by byte. It judges nothing else: each object is parsed
/// properly once it is whole.
class JsonNesting {
 public:
  void step(char c) {
    if (in_string_) {
      step_in_string(c);
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  }
  int depth() const { return depth_; }
  bool in_string() const { return in_string_; }

 private:
  void step_in_string(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
  }

  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

/// Collects one object that may be spread over several chunks. Copies only then.
class ObjectCollector {
 public:
  bool collecting() const { return collecting_; }
  /// The object starts at this offset of the current chunk.
  void begin(std::size_t offset) {
    collecting_ = true;
    start_ = offset;
  }
  /// The object ends before `end`. The view is valid until the next call.
  std::string_view finish(std::string_view chunk, std::size_t end);
  /// The chunk ends within the object. Errors: invalid_argument when the object is too large.
  base::Status keep(std::string_view chunk);

 private:
  bool collecting_ = false;
  bool kept_ = false;
  std::size_t start_ = 0;
  std::string bytes_;
};

/// Cuts the frames of a watch, one object after the other.
class FrameSplitter {
 public:
  /// Errors: invalid_argument when something else than objects arrives or an object is too large;
  /// the stream is then of no further use.
  base::Status feed(std::string_view chunk, const ObjectSink& sink);
  /// Whether the stream may end here: not within an object.
  bool between_objects() const { return !collector_.collecting(); }

 private:
  JsonNesting nesting_;
  ObjectCollector collector_;
};

/// Cuts the items out of a list and keeps the rest, which is a small list without items.
class ListSplitter {
 public:
  /// Errors: as FrameSplitter::feed.
  base::Status feed(std::string_view chunk, const ObjectSink& sink);
  /// Whether the whole list has arrived.
  bool complete() const { return started_ && nesting_.depth() == 0; }
  /// The list without its items. REQUIRES: complete().
  const std::string& envelope() const { return envelope_; }

 private:
  base::Status step_outside(char c);
  base::Status step_between_items(char c, std::size_t offset);

  JsonNesting nesting_;
  ObjectCollector collector_;
  bool started_ = false;
  bool in_items_ = false;
  std::string key_;  ///< the last string of the list's own level, as far as it matters
  std::string envelope_;
};

}  // namespace migadapter::kube
