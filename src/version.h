/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The version, and what the executable was built of; both set by CMakeLists.txt. */
#ifndef VERSION_H
#define VERSION_H

#ifndef UNIFLASH_VERSION
#error "UNIFLASH_VERSION is set by CMakeLists.txt"
#endif

#ifndef UNIFLASH_COMPONENTS
#define UNIFLASH_COMPONENTS ""
#endif

#endif
