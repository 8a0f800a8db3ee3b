# Compiler settings that hold for every target. Sanitizers, hardening and the compiler launcher come from CMakePresets.json.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(MIGADAPTER_WERROR "Treat compiler warnings as errors" ON)
option(MIGADAPTER_HARDENING "Build with the OpenSSF hardening flags" OFF)
option(MIGADAPTER_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
option(MIGADAPTER_BENCH "Build the benchmarks" OFF)
set(MIGADAPTER_SANITIZE "" CACHE STRING "Value for -fsanitize=, for example address,undefined")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
                    -Wconversion -Wsign-conversion -Wundef)
if(MIGADAPTER_WERROR)
  add_compile_options(-Werror)
endif()

if(MIGADAPTER_SANITIZE)
  add_compile_options(-fsanitize=${MIGADAPTER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # Instrumented code has GCC warn of what is initialised (its manual says so under -fsanitize); the other presets look.
  # Clang, which builds the fuzz targets, does not know the warning.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  add_link_options(-fsanitize=${MIGADAPTER_SANITIZE})
endif()

if(MIGADAPTER_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# https://best.openssf.org/Compiler-Hardening-Guides/Compiler-Options-Hardening-Guide-for-C-and-C++
if(MIGADAPTER_HARDENING)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-clash-protection
                      -fstack-protector-strong -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks
                      -fno-strict-overflow -fno-strict-aliasing)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    add_compile_options(-fcf-protection=full)
  endif()
  add_link_options(-Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
endif()
