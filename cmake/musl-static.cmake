# SPDX-License-Identifier: GPL-3.0-or-later
# Toolchain file for static executables on musl, made by scripts/build-camera's libraries:
#
#   cmake -B build/mine -DCMAKE_TOOLCHAIN_FILE=cmake/musl-static.cmake \
#         -DUNIFLASH_SYSROOT=$PWD/build/camera-deps/mipsel
#
# UNIFLASH_SYSROOT holds bin/cc, include and lib; its last component names the target.

set(UNIFLASH_SYSROOT "" CACHE PATH "Folder made by scripts/build-camera: build/camera-deps/TARGET")
# CMake reads this file again for every try_compile, in a project of its own.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES UNIFLASH_SYSROOT)

if(NOT EXISTS "${UNIFLASH_SYSROOT}/bin/cc")
  message(FATAL_ERROR "UNIFLASH_SYSROOT (${UNIFLASH_SYSROOT}) has no bin/cc: run scripts/build-camera")
endif()

get_filename_component(_target "${UNIFLASH_SYSROOT}" NAME)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR "${_target}")
if(_target STREQUAL "armhf")
  set(CMAKE_SYSTEM_PROCESSOR armv7l)
endif()

set(CMAKE_C_COMPILER "${UNIFLASH_SYSROOT}/bin/cc")
foreach(_tool AR NM OBJCOPY OBJDUMP RANLIB READELF STRIP)
  string(TOLOWER "${_tool}" _name)
  set(CMAKE_${_tool} "${UNIFLASH_SYSROOT}/bin/${_name}" CACHE FILEPATH "" FORCE)
endforeach()
set(BUILD_SHARED_LIBS OFF)
set(OPENSSL_USE_STATIC_LIBS ON)
set(ZLIB_USE_STATIC_LIBS ON)

# Nothing of the building machine: no header, no library, no .pc file.
set(CMAKE_FIND_ROOT_PATH "${UNIFLASH_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} "${UNIFLASH_SYSROOT}/lib/pkgconfig")

# The same bytes whatever folder it is built in, and no function that is not called.
string(JOIN " " CMAKE_C_FLAGS_INIT
  -ffunction-sections -fdata-sections
  -fno-asynchronous-unwind-tables -fno-unwind-tables
  -fstack-protector-strong
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=."
  "-ffile-prefix-map=${CMAKE_BINARY_DIR}=build")
# No relro: nothing would apply it in a static musl program, and it pads the file.
string(JOIN " " CMAKE_EXE_LINKER_FLAGS_INIT
  -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro)
