/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices: what can be read, erased and programmed.
 *
 * A device is one linear range of bytes made of erase blocks and pages. Back ends (a camera's MTD
 * partitions, a dump file, and for tests an emulated chip) and wrappers of back ends (the guard,
 * and for tests faults and a recorder) stand behind the same table of functions. Only what is
 * reached through this table touches flash.
 *
 * Every back end refuses what is out of bounds (flash/bounds.h) with UF_ERR_RANGE and touches
 * nothing then. What may be written is the guard's business: it refuses everything before arm and
 * everything else than what it was armed with; back ends over files cannot write before it either.
 *
 * NOR rules, the same for all of them: erasing sets every bit of one block; programming clears
 * bits and sets none; what a device reports of its own success is no proof (kernel-and-chips K1 to
 * K3), so whoever writes reads back.
 */
#ifndef UNIFLASH_FLASH_DEVICE_H
#define UNIFLASH_FLASH_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include "uniflash/flash/blockset.h"
#include "uniflash/flash/map.h"

/* Sizes of a device in bytes. size is a multiple of erase_size, that of page_size. */
struct uf_geometry {
	uint64_t size;
	uint32_t erase_size;
	uint32_t page_size;
};

struct uf_device;

/* The functions of a back end. All return UF_OK or a negative code and fill err. */
struct uf_device_ops {
	/* Read [off, off + len) into buf, all of it or an error. Touches flash by reading only. */
	int (*read)(struct uf_device *dev, uint64_t off, void *buf, size_t len,
		    struct uf_error *err);
	/* Open everything that writing these blocks needs; `blocks` stays the caller's. After it no
	 * open or allocation happens any more. Changes no byte of the flash. A second call adds to
	 * what was opened. UF_ERR_RANGE where the device was opened for reading only. */
	int (*arm)(struct uf_device *dev, const struct uf_block_set *blocks, struct uf_error *err);
	/* Erase the block that begins at off. */
	int (*erase)(struct uf_device *dev, uint64_t off, struct uf_error *err);
	/* Program len bytes at off: whole pages, inside one block. */
	int (*program)(struct uf_device *dev, uint64_t off, const void *buf, size_t len,
		       struct uf_error *err);
	/* Push what the host still buffers down to the medium. */
	int (*sync)(struct uf_device *dev, struct uf_error *err);
	/* Free the device (and, for a wrapper, what it wraps). */
	void (*close)(struct uf_device *dev);
};

/* The visible part of every device; back ends keep the rest to themselves. */
struct uf_device {
	const struct uf_device_ops *ops;
	struct uf_geometry geometry;
};

static inline int uf_device_read(struct uf_device *dev, uint64_t off, void *buf, size_t len,
				 struct uf_error *err)
{
	return dev->ops->read(dev, off, buf, len, err);
}

static inline int uf_device_arm(struct uf_device *dev, const struct uf_block_set *blocks,
				struct uf_error *err)
{
	return dev->ops->arm(dev, blocks, err);
}

static inline int uf_device_erase(struct uf_device *dev, uint64_t off, struct uf_error *err)
{
	return dev->ops->erase(dev, off, err);
}

static inline int uf_device_program(struct uf_device *dev, uint64_t off, const void *buf,
				    size_t len, struct uf_error *err)
{
	return dev->ops->program(dev, off, buf, len, err);
}

static inline int uf_device_sync(struct uf_device *dev, struct uf_error *err)
{
	return dev->ops->sync(dev, err);
}

/* NULL is fine. */
static inline void uf_device_close(struct uf_device *dev)
{
	if (dev)
		dev->ops->close(dev);
}

/* How many erase blocks a device has. */
static inline uint32_t uf_geometry_blocks(const struct uf_geometry *geometry)
{
	return (uint32_t)(geometry->size / geometry->erase_size);
}

/* What a device is opened for, and with which lock. */
enum uf_access {
	UF_ACCESS_LOOK,  /* reading; no lock: `info` works beside a run */
	UF_ACCESS_READ,  /* reading; shared lock: nobody writes meanwhile */
	UF_ACCESS_WRITE, /* reading, and writing once armed; exclusive lock */
};

/*
 * Open the MTD partitions of map, read-only until armed, over libmtd.
 * UF_ERR_REFUSED with lock.held where another run holds the flash, with map.not-nor where it is
 * not NOR flash, with device.readonly (from arm) where a partition cannot be opened for writing;
 * UF_ERR_IO otherwise. The device keeps a copy of map.
 */
int uf_mtd_open(const struct uf_map *map, enum uf_access access, struct uf_device **dev,
		struct uf_error *err);

/* Where a dump file lies and what flash it is. */
struct uf_file_spec {
	const char *path;    /* borrowed */
	uint64_t size;       /* of the flash; 0: that of the file */
	uint32_t erase_size; /* of its erase blocks */
	uint32_t page_size;  /* of its pages */
};

/*
 * Open a dump file as a device under NOR rules, read-only until armed. A file that does not exist
 * is blank flash where spec->size is given; it is made when armed. UF_ERR_IO; UF_ERR_USAGE where
 * the file is no flash of these sizes; UF_ERR_REFUSED with lock.held.
 */
int uf_file_open(const struct uf_file_spec *spec, enum uf_access access, struct uf_device **dev,
		 struct uf_error *err);

/* What flash the dump of spec is. Errors as of uf_file_open. */
int uf_file_geometry(const struct uf_file_spec *spec, struct uf_geometry *geometry,
		     struct uf_error *err);

#endif
