// Reads JSON that others wrote: bounded depth, no exceptions, and every complaint names its field.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace boost::json {
class value;
}

namespace migadapter::kube {

/// The deepest nesting we read. The deepest object of the Kubernetes API has fewer than 30 levels.
inline constexpr std::size_t kMostJsonDepth = 64;

struct JsonDocument;

/// One place in a document, or an absent one. Reading never fails: an absent field (null counts as
/// absent) gives the empty value, a field of another type gives the empty value too and is noted as
/// the document's problem, which the decoder asks for once at its end (JsonReader::problem). A
/// value; valid until its reader reads again.
class JsonField {
 public:
  JsonField() = default;  ///< absent

  bool present() const { return value_ != nullptr; }
  JsonField at(std::string_view key) const;
  std::string_view text() const;
  std::int64_t integer() const;
  bool flag() const;
  bool is_text() const;    ///< for fields that may be of several types
  bool is_number() const;  ///< likewise

  /// Notes that this field's value cannot be used: "status.phase: no such phase".
  void complain(std::string_view what) const;

  struct Entry;
  class Items;
  class Entries;
  Items items() const;      ///< of an array
  Entries entries() const;  ///< of an object

 private:
  friend class JsonReader;
  JsonField(const boost::json::value* value, JsonDocument* document)
      : value_(value), document_(document) {}
  static JsonField of(const boost::json::value& value, JsonDocument* document);
  std::size_t item_count() const;
  std::size_t entry_count() const;
  JsonField item(std::size_t index) const;
  Entry entry(std::size_t index) const;

  const boost::json::value* value_ = nullptr;
  JsonDocument* document_ = nullptr;
};

struct JsonField::Entry {
  std::string_view key;
  JsonField value;
};

/// The elements of an array, for range-based loops.
class JsonField::Items {
 public:
  class Iterator {
   public:
    Iterator(JsonField array, std::size_t index) : array_(array), index_(index) {}
    JsonField operator*() const { return array_.item(index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    JsonField array_;
    std::size_t index_;
  };
  explicit Items(JsonField array) : array_(array), size_(array.item_count()) {}
  Iterator begin() const { return {array_, 0}; }
  Iterator end() const { return {array_, size_}; }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  JsonField array_;
  std::size_t size_;
};

/// The entries of an object, for range-based loops. Entries whose value is null are visited too.
class JsonField::Entries {
 public:
  class Iterator {
   public:
    Iterator(JsonField object, std::size_t index) : object_(object), index_(index) {}
    Entry operator*() const { return object_.entry(index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    JsonField object_;
    std::size_t index_;
  };
  explicit Entries(JsonField object) : object_(object), size_(object.entry_count()) {}
  Iterator begin() const { return {object_, 0}; }
  Iterator end() const { return {object_, size_}; }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  JsonField object_;
  std::size_t size_;
};

/// Parses one document at a time and keeps its memory for the next. Confined to one thread.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  /// The document's root. Earlier fields become invalid. Errors: invalid_argument with the offset.
  base::Result<JsonField> read(std::string_view text);

  /// From now on problems are named relative to `root`, and what was noted before is forgotten.
  void start_at(JsonField root);

  /// The first problem noted: "spec.containers[0].name: expected a string".
  const std::optional<std::string>& problem() const;

 private:
  std::unique_ptr<JsonDocument> document_;
};

/// The text as a JSON string, quotes included.
std::string json_quoted(std::string_view text);

}  // namespace migadapter::kube
