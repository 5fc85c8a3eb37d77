# SPDX-License-Identifier: GPL-3.0-or-later
# Write the layout files into a C source as string literals.
#
#   cmake -DOUTPUT=FILE -DLAYOUTS=a.layout,b.layout -P embed-layouts.cmake

string(REPLACE "," ";" files "${LAYOUTS}")
list(SORT files)

set(rows "")
set(count 0)
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n\t \"" text "${text}")
  string(APPEND rows "\t{\"${name}\",\n\t \"${text}\"},\n")
  math(EXPR count "${count} + 1")
endforeach()

set(source "/* Made from layouts/ by cmake/embed-layouts.cmake. */
#include \"builtin.h\"

const struct builtin_layout builtin_layouts[] = {
${rows}};

const unsigned builtin_layout_count = ${count};
")
file(WRITE "${OUTPUT}" "${source}")
