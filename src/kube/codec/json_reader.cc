#include "kube/codec/json_reader.h"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <exception>

namespace migadapter::kube {

namespace json = boost::json;

namespace {

/// Enough for the pods we meet; larger documents take more from the heap while they are read.
constexpr std::size_t kKeptBytes = 32 * 1024;

json::parse_options parse_options() {
  json::parse_options options;
  options.max_depth = kMostJsonDepth;
  return options;
}

/// Appends the way from `from` to `wanted`; only ever walked to word a complaint.
bool find_path(const json::value& from, const json::value* wanted, std::string& path) {
  if (&from == wanted) return true;
  const std::size_t length = path.size();
  if (const json::object* object = from.if_object()) {
    for (const json::key_value_pair& pair : *object) {
      path += fmt::format("{}{}", path.empty() ? "" : ".", std::string_view(pair.key()));
      if (find_path(pair.value(), wanted, path)) return true;
      path.resize(length);
    }
  } else if (const json::array* array = from.if_array()) {
    for (std::size_t index = 0; index < array->size(); ++index) {
      path += fmt::format("[{}]", index);
      if (find_path((*array)[index], wanted, path)) return true;
      path.resize(length);
    }
  }
  return false;
}

}  // namespace

/// A parsed document with its memory and its first problem.
struct JsonDocument {
  JsonDocument() {}  // NOLINT(modernize-use-equals-default): so that `kept` is not zeroed first

  std::array<unsigned char, kKeptBytes> kept;
  json::monotonic_resource memory{kept.data(), kept.size()};
  json::parser parser{json::storage_ptr(), parse_options()};
  const json::value* value = nullptr;  ///< lives in `memory`
  const json::value* root = nullptr;
  std::optional<std::string> problem;

  void note(const json::value* where, std::string_view what) {
    if (problem) return;
    std::string path;
    find_path(*root, where, path);
    problem = path.empty() ? std::string(what) : fmt::format("{}: {}", path, what);
  }

  /// Forgets the former document. Nothing in it is destroyed one by one: the memory goes at once,
  /// so no nesting can exhaust the stack.
  void clear() {
    value = root = nullptr;
    problem.reset();
    parser.reset();
    memory.release();
  }
};

JsonField JsonField::of(const json::value& value, JsonDocument* document) {
  return value.is_null() ? JsonField() : JsonField(&value, document);
}

void JsonField::complain(std::string_view what) const {
  if (present()) document_->note(value_, what);
}

JsonField JsonField::at(std::string_view key) const {
  if (!present()) return {};
  const json::object* object = value_->if_object();
  if (object == nullptr) {
    complain("expected an object");
    return {};
  }
  const json::value* found = object->if_contains(key);
  return found == nullptr ? JsonField() : of(*found, document_);
}

bool JsonField::is_text() const {
  return present() && value_->is_string();
}

bool JsonField::is_number() const {
  return present() && value_->is_number();
}

std::string_view JsonField::text() const {
  if (!present()) return {};
  if (const json::string* string = value_->if_string()) return *string;
  complain("expected a string");
  return {};
}

std::int64_t JsonField::integer() const {
  if (!present()) return 0;
  if (const std::int64_t* number = value_->if_int64()) return *number;
  complain("expected a whole number");
  return 0;
}

bool JsonField::flag() const {
  if (!present()) return false;
  if (const bool* flag = value_->if_bool()) return *flag;
  complain("expected true or false");
  return false;
}

JsonField::Items JsonField::items() const {
  return Items(*this);
}

JsonField::Entries JsonField::entries() const {
  return Entries(*this);
}

std::size_t JsonField::item_count() const {
  if (!present()) return 0;
  if (const json::array* array = value_->if_array()) return array->size();
  complain("expected an array");
  return 0;
}

std::size_t JsonField::entry_count() const {
  if (!present()) return 0;
  if (const json::object* object = value_->if_object()) return object->size();
  complain("expected an object");
  return 0;
}

JsonField JsonField::item(std::size_t index) const {
  return of(value_->get_array()[index], document_);
}

JsonField::Entry JsonField::entry(std::size_t index) const {
  const json::key_value_pair& pair = *(value_->get_object().begin() + index);
  return {pair.key(), of(pair.value(), document_)};
}

JsonReader::JsonReader() : document_(std::make_unique<JsonDocument>()) {}
JsonReader::~JsonReader() = default;

base::Result<JsonField> JsonReader::read(std::string_view text) {
  document_->clear();
  try {
    json::storage_ptr memory(&document_->memory);
    document_->parser.reset(memory);
    json::error_code error;
    const std::size_t end = document_->parser.write(text, error);
    if (error) {
      return base::Error(base::ErrorCode::invalid_argument,
                         fmt::format("JSON at byte {}: {}", end, error.message()));
    }
    void* place = document_->memory.allocate(sizeof(json::value), alignof(json::value));
    document_->value = new (place) json::value(document_->parser.release());
  } catch (const std::exception& thrown) {
    return base::Error(base::ErrorCode::invalid_argument, fmt::format("JSON: {}", thrown.what()));
  }
  document_->root = document_->value;
  return JsonField::of(*document_->value, document_.get());
}

void JsonReader::start_at(JsonField root) {
  document_->root = root.value_;
  document_->problem.reset();
}

const std::optional<std::string>& JsonReader::problem() const {
  return document_->problem;
}

std::string json_quoted(std::string_view text) {
  return json::serialize(json::string_view(text.data(), text.size()));
}

}  // namespace migadapter::kube
