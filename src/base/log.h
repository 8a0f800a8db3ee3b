// Structured log lines: one message that never changes, and fields that do.
// `{"time":…,"level":"info","message":"evicted pod", "pod":"team/a-1"}` in JSON, or the same as
// text. Never log a token, a key or an environment value.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace migadapter::base {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

/// One key with its value as text; numbers and flags are written without quotes in JSON.
struct LogField {
  LogField(std::string_view field_key, std::string_view field_value)
      : key(field_key), value(field_value) {}
  LogField(std::string_view field_key, const char* field_value)
      : key(field_key), value(field_value) {}
  LogField(std::string_view field_key, std::int64_t number)
      : key(field_key), value(std::to_string(number)), quoted(false) {}
  std::string_view key;
  std::string value;
  bool quoted = true;
};

/// Writes whole lines to one sink, in order. Thread-safe.
class Logger {
 public:
  using Sink = std::function<void(std::string_view line)>;

  Logger(const Clock& clock, LogFormat format, LogLevel lowest, Sink sink);

  void debug(std::string_view message, std::initializer_list<LogField> fields = {});
  void info(std::string_view message, std::initializer_list<LogField> fields = {});
  void warning(std::string_view message, std::initializer_list<LogField> fields = {});
  void error(std::string_view message, std::initializer_list<LogField> fields = {});

 private:
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields);

  const Clock& clock_;
  const LogFormat format_;
  const LogLevel lowest_;
  std::mutex mutex_;
  Sink sink_;
};

/// Writes each line to standard error.
Logger::Sink standard_error_sink();

}  // namespace migadapter::base
