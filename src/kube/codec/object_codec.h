// The objects, list envelopes and watch frames that the API server sends -> what the watch reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/name.h"
#include "base/result.h"
#include "kube/cluster_watch.h"
#include "kube/codec/json_reader.h"
#include "kube/codec/pod_codec.h"

namespace migadapter::kube {

/// One object of a list or a watch.
struct WatchedObject {
  base::Name key;  ///< as in Removed; empty when not even that can be read
  std::string resource_version;
  std::optional<ClusterEvent> record;  ///< nothing for an owner whose pods need no MIG instance
  std::optional<base::Error> error;  ///< why there is no record: "pods[team/a].spec.nodeName: …"
};

/// The part of a list beside its items.
struct ListEnvelope {
  std::string resource_version;
  std::string continue_token;  ///< empty on the last page
};

enum class FrameType { added, modified, deleted, bookmark, error, unknown };

/// One event of a watch.
struct WatchFrame {
  FrameType type = FrameType::unknown;
  WatchedObject object;   ///< deleted and bookmark: without a record
  int status_code = 0;    ///< error: the code of its Status, 410 when the watch is too old
  std::string complaint;  ///< error: its message
};

/// Reads one document at a time, into records that share their strings. Confined to one thread.
class ObjectCodec {
 public:
  explicit ObjectCodec(base::NamePool& names) : names_(names), pods_(names) {}

  /// An item of a list. Never fails as a whole: see WatchedObject.
  WatchedObject decode_item(WatchedKind kind, std::string_view bytes);
  /// Errors: invalid_argument when the bytes are no watch event at all.
  base::Result<WatchFrame> decode_frame(WatchedKind kind, std::string_view bytes);
  /// Errors: invalid_argument.
  base::Result<ListEnvelope> decode_envelope(std::string_view bytes);
  /// The message of a metav1.Status, or the start of the bytes when they are none.
  std::string decode_status_message(std::string_view bytes);

 private:
  WatchedObject decode_object(WatchedKind kind, JsonField object, bool with_record);
  ClusterEvent decode_record(WatchedKind kind, JsonField object);

  base::NamePool& names_;
  PodCodec pods_;
  JsonReader reader_;
};

}  // namespace migadapter::kube
