# SPDX-License-Identifier: GPL-3.0-or-later
# Stands for Buildroot where packaging/buildroot is tested: as much of its infrastructure for CMake
# packages as a package of this kind asks for, with the variables that its manual names.
#
#   make -f tests/packaging/buildroot.mk PACKAGE=DIR CONFIG=FILE BASE=DIR STAGING=DIR CC=FILE
#
#   PACKAGE   the folder of the package
#   CONFIG    the .config
#   BASE      where things go: dl, build, target
#   STAGING   headers and libraries of the packages that it depends on
#   CC        the compiler, CFLAGS and LDFLAGS are the target's

include $(CONFIG)

.DEFAULT_GOAL := all

NAME := $(notdir $(PACKAGE))
TARGET_DIR := $(BASE)/target
STAGING_DIR := $(STAGING)
TOOLCHAIN := $(BASE)/toolchain.cmake
# What this Buildroot has, as the names of packages.
KNOWN := mtd openssl zlib

qstrip = $(strip $(subst ",,$(1)))
upper = $(shell echo '$(1)' | tr a-z- A-Z_)

# In Buildroot the package's name is that of the folder of the file that calls this, too.
cmake-package = $(call package,$(call upper,$(NAME)))

define package
$(1)_SOURCE ?= $$(NAME)-$$($(1)_VERSION).tar.gz
$(1)_SUPPORTS_IN_SOURCE_BUILD ?= YES
$(1)_DIR := $$(BASE)/build/$$(NAME)-$$($(1)_VERSION)
$(1)_BUILDDIR := $$($(1)_DIR)$$(if $$(filter YES,$$($(1)_SUPPORTS_IN_SOURCE_BUILD)),,/buildroot-build)
$(1)_HASH := $$(PACKAGE)/$$(NAME).hash

all: $(1)-finalize

$(1)-complete:
	@for value in '$$($(1)_VERSION)' '$$($(1)_SITE)' '$$($(1)_LICENSE)' '$$($(1)_LICENSE_FILES)'; do \
		test -n "$$$$value" || { echo "version, site, license or license files are missing" >&2; exit 1; }; done
	@test -z '$$(filter-out $$(KNOWN),$$($(1)_DEPENDENCIES))' || \
		{ echo "unknown dependencies: $$(filter-out $$(KNOWN),$$($(1)_DEPENDENCIES))" >&2; exit 1; }

$(1)-download: $(1)-complete
	mkdir -p $$(BASE)/dl $$($(1)_DIR)
	cp $$(patsubst file://%,%,$$($(1)_SITE))/$$($(1)_SOURCE) $$(BASE)/dl/
	cd $$(BASE)/dl && sed -n 's/^sha256  \([0-9a-f]*  $$($(1)_SOURCE)\)$$$$/\1/p' $$($(1)_HASH) | sha256sum --strict -c

$(1)-extract: $(1)-download
	tar -C $$($(1)_DIR) --strip-components=1 -xf $$(BASE)/dl/$$($(1)_SOURCE)
	cd $$($(1)_DIR) && for file in $$($(1)_LICENSE_FILES); do \
		sed -n "s/^sha256  \([0-9a-f]*  $$$$file\)\$$$$/\1/p" $$($(1)_HASH) | sha256sum --strict -c || exit 1; done

$(1)-configure: $(1)-extract $$(TOOLCHAIN)
	mkdir -p $$($(1)_BUILDDIR)
	cd $$($(1)_BUILDDIR) && $$($(1)_CONF_ENV) cmake $$($(1)_DIR) \
		-DCMAKE_TOOLCHAIN_FILE=$$(TOOLCHAIN) -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr \
		-DBUILD_DOC=OFF -DBUILD_DOCS=OFF -DBUILD_EXAMPLES=OFF -DBUILD_TESTS=OFF -DBUILD_TESTING=OFF \
		-DBUILD_SHARED_LIBS=$$(if $$(BR2_STATIC_LIBS),OFF,ON) $$($(1)_CONF_OPTS)

$(1)-build: $(1)-configure
	$$(MAKE) -C $$($(1)_BUILDDIR) $$($(1)_MAKE_OPTS)

$(1)-install: $(1)-build
	$$(MAKE) -C $$($(1)_BUILDDIR) DESTDIR=$$(TARGET_DIR) install/fast

# What a camera does not get.
$(1)-finalize: $(1)-install
	rm -rf $$(addprefix $$(TARGET_DIR)/usr/share/,man doc bash-completion zsh)
	find $$(TARGET_DIR) -type d -empty -delete

.PHONY: all $$(addprefix $(1)-,complete download extract configure build install finalize)
endef

# Nothing of the building machine but its tools.
$(TOOLCHAIN):
	mkdir -p $(@D)
	printf '%s\n' 'set(CMAKE_SYSTEM_NAME Linux)' 'set(CMAKE_C_COMPILER "$(CC)")' \
		'set(CMAKE_C_FLAGS "$(CFLAGS)" CACHE STRING "")' 'set(CMAKE_EXE_LINKER_FLAGS "$(LDFLAGS)" CACHE STRING "")' \
		'set(CMAKE_FIND_ROOT_PATH "$(STAGING_DIR)")' 'set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)' \
		'set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)' 'set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)' \
		'set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)' 'set(ENV{PKG_CONFIG_LIBDIR} "$(STAGING_DIR)/usr/lib/pkgconfig")' >$@

include $(PACKAGE)/$(NAME).mk
