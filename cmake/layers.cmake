# Helpers that keep every CMakeLists.txt a list of names. A layer is one folder of src/ and one static library;
# what it may link is stated where it is declared, and tests/selfcheck holds the includes to the same law.

# migadapter_layer(NAME SOURCES a.cc ... USES base ... LIBRARIES Boost::json ...)
# USES are layers whose types appear in this layer's headers; LIBRARIES are third-party and stay private.
function(migadapter_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  set(target migadapter_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM arg_USES PREPEND migadapter_)
  target_link_libraries(${target} PUBLIC ${arg_USES} PRIVATE ${arg_LIBRARIES})
endfunction()

# migadapter_test(NAME SOURCES a_test.cc ... USES base ... LIBRARIES ... LABEL unit): one test program per layer. Tests run
# in the source folder, so golden files are named relative to it. The label `controlplane` is for tests that need a real
# API server; they skip themselves without one.
function(migadapter_test name)
  cmake_parse_arguments(arg "" "LABEL" "SOURCES;USES;LIBRARIES" ${ARGN})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  set(target ${name}_test)
  add_executable(${target} ${arg_SOURCES})
  list(TRANSFORM arg_USES PREPEND migadapter_)
  target_link_libraries(${target} PRIVATE ${arg_USES} ${arg_LIBRARIES} GTest::gtest_main)
  gtest_discover_tests(${target} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTIES LABELS ${arg_LABEL}
                       DISCOVERY_MODE PRE_TEST)
endfunction()

# What ./check builds of the presets fuzz and release.
add_custom_target(fuzz_targets)
add_custom_target(benchmarks)

# migadapter_fuzz(NAME SOURCES fuzz_main.cc): a libFuzzer program of fuzz_NAME (tests/fuzz/targets.h); its corpus is
# tests/fuzz/corpus/NAME.
function(migadapter_fuzz name)
  if(NOT MIGADAPTER_FUZZ)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
  set(target ${name}_fuzz)
  add_executable(${target} ${arg_SOURCES})
  target_compile_definitions(${target} PRIVATE MIGADAPTER_FUZZ_TARGET=fuzz_${name})
  target_link_libraries(${target} PRIVATE migadapter_fuzz_targets)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzz_targets ${target})
endfunction()

# migadapter_bench(NAME SOURCES a_bench.cc USES decide): a Google Benchmark program.
function(migadapter_bench name)
  if(NOT MIGADAPTER_BENCH)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  set(target ${name}_bench)
  add_executable(${target} ${arg_SOURCES})
  list(TRANSFORM arg_USES PREPEND migadapter_)
  target_link_libraries(${target} PRIVATE ${arg_USES} ${arg_LIBRARIES} benchmark::benchmark_main)
  add_dependencies(benchmarks ${target})
endfunction()
