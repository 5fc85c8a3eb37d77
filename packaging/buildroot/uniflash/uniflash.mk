################################################################################
#
# uniflash
#
################################################################################

UNIFLASH_VERSION = 0.1.0
UNIFLASH_SITE = $(call qstrip,$(BR2_PACKAGE_UNIFLASH_SITE))
UNIFLASH_SOURCE = uniflash-$(UNIFLASH_VERSION).tar.xz
UNIFLASH_LICENSE = GPL-3.0+
UNIFLASH_LICENSE_FILES = LICENSE
UNIFLASH_DEPENDENCIES = mtd openssl zlib
UNIFLASH_SUPPORTS_IN_SOURCE_BUILD = NO
UNIFLASH_CONF_OPTS = -DUNIFLASH_TESTING=OFF

$(eval $(cmake-package))
