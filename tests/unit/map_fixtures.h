/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kernels, and the maps they must give. Each fixture is in one place: /proc/mtd and /proc/cmdline
 * as the kernel prints them, the rules of fake_root.h for sysfs, and the map as text:
 *
 *   SOURCE size SIZE erase ERASESIZE page PAGESIZE type TYPE
 *   mtdN NAME OFFSET SIZE [erase ERASESIZE where it is another one] [ro]
 *   alias mtdN NAME         left out
 *   empty N                 entries of size 0
 *   others N                partitions of other flashes
 *   wanted SIZE             what mtdparts= adds up to, where that is more than the flash
 *   disagreement ID         of map->disagreement
 *   tiling ID               of map->tiling
 *   refused ID              by the checks of geometry and target, for an image of the flash's size
 *
 * The tables are those of the cameras; sysfs of Linux 3.10 has no `offset`, that of 4.1 and later
 * has it.
 */
#ifndef MAP_FIXTURES_H
#define MAP_FIXTURES_H

struct map_fixture {
	const char *name;
	const char *proc_mtd;
	const char *cmdline; /* NULL: no such file */
	const char *sysfs;   /* rules; NULL: no sysfs */
	const char *map;
	const char *doubt[3]; /* words that the disagreement, else the tiling, must hold */
};

#define HEADER "dev:    size   erasesize  name\n"

/* The stock table of T20 cameras. */
#define DAFANG_MTD(erase)                                                                          \
	HEADER "mtd0: 00040000 " erase " \"boot\"\n"                                               \
	       "mtd1: 00200000 " erase " \"kernel\"\n"                                             \
	       "mtd2: 00350000 " erase " \"root\"\n"                                               \
	       "mtd3: 000a0000 " erase " \"driver\"\n"                                             \
	       "mtd4: 004a0000 " erase " \"appfs\"\n"                                              \
	       "mtd5: 00200000 " erase " \"backupk\"\n"                                            \
	       "mtd6: 000a0000 " erase " \"backupd\"\n"                                            \
	       "mtd7: 00200000 " erase " \"backupa\"\n"                                            \
	       "mtd8: 00040000 " erase " \"config\"\n"                                             \
	       "mtd9: 00040000 " erase " \"para\"\n"                                               \
	       "mtd10: 00010000 " erase " \"flag\"\n"

#define DAFANG_CMDLINE                                                                             \
	"console=ttyS1,115200n8 mem=104M@0x0 ispmem=8M@0x6800000 rmem=16M@0x7000000 "              \
	"init=/linuxrc rootfstype=squashfs root=/dev/mtdblock2 rw mtdparts="

#define DAFANG_PARTS                                                                               \
	"jz_sfc:256k(boot),2048k(kernel),3392k(root),640k(driver),4736k(appfs),2048k(backupk),"    \
	"640k(backupd),2048k(backupa),256k(config),256k(para),-(flag)"

#define DAFANG_MAP                                                                                 \
	"mtd0 boot 0x0 0x40000\n"                                                                  \
	"mtd1 kernel 0x40000 0x200000\n"                                                           \
	"mtd2 root 0x240000 0x350000\n"                                                            \
	"mtd3 driver 0x590000 0xa0000\n"                                                           \
	"mtd4 appfs 0x630000 0x4a0000\n"                                                           \
	"mtd5 backupk 0xad0000 0x200000\n"                                                         \
	"mtd6 backupd 0xcd0000 0xa0000\n"                                                          \
	"mtd7 backupa 0xd70000 0x200000\n"                                                         \
	"mtd8 config 0xf70000 0x40000\n"                                                           \
	"mtd9 para 0xfb0000 0x40000\n"                                                             \
	"mtd10 flag 0xff0000 0x10000\n"

/* thingino's table of 2025 on a 16 MiB flash, with its two aliases. */
#define THINGINO_C_MTD(erase)                                                                      \
	HEADER "mtd0: 00040000 " erase " \"boot\"\n"                                               \
	       "mtd1: 00008000 " erase " \"env\"\n"                                                \
	       "mtd2: 00038000 " erase " \"config\"\n"                                             \
	       "mtd3: 00180000 " erase " \"kernel\"\n"                                             \
	       "mtd4: 00598000 " erase " \"rootfs\"\n"                                             \
	       "mtd5: 00868000 " erase " \"rootfs_data\"\n"                                        \
	       "mtd6: 00f80000 " erase " \"upgrade\"\n"                                            \
	       "mtd7: 01000000 " erase " \"all\"\n"

#define THINGINO_C_CMDLINE                                                                         \
	"mem=95M@0x0 rmem=22M@0x5f00000 console=ttyS1,115200n8 panic=10 root=/dev/mtdblock4 "      \
	"rootfstype=squashfs init=/init mtdparts=jz_sfc:256k(boot),32k(env),224k(config),"         \
	"1536k(kernel),5728k(rootfs),-(rootfs_data),15872k@0x80000(upgrade),16384k@0(all)\n"

#define THINGINO_C_TABLE                                                                           \
	"mtd0 boot 0x0 0x40000\n"                                                                  \
	"mtd1 env 0x40000 0x8000\n"                                                                \
	"mtd2 config 0x48000 0x38000\n"                                                            \
	"mtd3 kernel 0x80000 0x180000\n"                                                           \
	"mtd4 rootfs 0x200000 0x598000\n"                                                          \
	"mtd5 rootfs_data 0x798000 0x868000\n"

#define THINGINO_C_MAP THINGINO_C_TABLE "alias mtd7 all\nalias mtd6 upgrade\n"

/* thingino's table of August 2026. */
#define THINGINO_F_MTD                                                                             \
	HEADER "mtd0: 00050000 00008000 \"boot\"\n"                                                \
	       "mtd1: 00010000 00008000 \"env\"\n"                                                 \
	       "mtd2: 00010000 00008000 \"backup\"\n"                                              \
	       "mtd3: 00190000 00008000 \"kernel\"\n"                                              \
	       "mtd4: 00680000 00008000 \"rootfs\"\n"                                              \
	       "mtd5: 00780000 00008000 \"data\"\n"                                                \
	       "mtd6: 01000000 00008000 \"all\"\n"

#define THINGINO_F_CMDLINE                                                                         \
	"console=ttyS1,115200n8 mtdparts=jz_sfc:320k(boot),64k(env),64k(backup),1600k(kernel),"    \
	"6656k(rootfs),-(data),16384k@0(all) root=/dev/mtdblock4\n"

#define THINGINO_F_MAP                                                                             \
	"mtd0 boot 0x0 0x50000\n"                                                                  \
	"mtd1 env 0x50000 0x10000\n"                                                               \
	"mtd2 backup 0x60000 0x10000\n"                                                            \
	"mtd3 kernel 0x70000 0x190000\n"                                                           \
	"mtd4 rootfs 0x200000 0x680000\n"                                                          \
	"mtd5 data 0x880000 0x780000\n"                                                            \
	"alias mtd6 all\n"

static const struct map_fixture map_fixtures[] = {
	/* the stock tables */
	{
		.name = "dafang, 3.10, mtdparts",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS "\n",
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP,
	},
	{
		.name = "dafang, 3.10, no mtdparts",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = "console=ttyS1,115200n8 root=/dev/mtdblock2 rw\n",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP,
	},
	{
		.name = "dafang, 3.10, neither sysfs nor a command line",
		.proc_mtd = DAFANG_MTD("00008000"),
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type ?\n" DAFANG_MAP,
	},
	{
		.name = "dafang, 3.10, an mtdparts that is no mtdparts",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = "mtdparts=jz_sfc:256k(boot),2048k(kernel quiet\n",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP
		       "disagreement map.offset-mismatch\n"
		       "refused map.offset-mismatch\n",
		.doubt = {"column"},
	},
	{
		.name = "dafang, 6.6, offset and mtdparts",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS "\n",
		.sysfs = "*: dir=platform/13440000.spi/spi_master/spi0/spi0.0/mtd offset=+ "
			 "writesize=1\n",
		.map = "sysfs size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP,
	},
	{
		.name = "dafang, 6.6, offset alone",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = "console=ttyS1,115200n8\n",
		.sysfs = "*: dir=platform/13440000.spi/spi_master/spi0/spi0.0/mtd offset=+ "
			 "writesize=1\n",
		.map = "sysfs size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP,
	},
	{
		.name = "wyze t31, 3.10, mtdparts",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 001f0000 00008000 \"kernel\"\n"
				   "mtd2: 003d0000 00008000 \"rootfs\"\n"
				   "mtd3: 003d0000 00008000 \"app\"\n"
				   "mtd4: 001f0000 00008000 \"kback\"\n"
				   "mtd5: 003d0000 00008000 \"aback\"\n"
				   "mtd6: 00060000 00008000 \"cfg\"\n"
				   "mtd7: 00010000 00008000 \"para\"\n",
		.cmdline = "console=ttyS1,115200n8 mem=99M@0x0 rmem=29M@0x6300000 mtdparts=jz_sfc:"
			   "256K(boot),1984K(kernel),3904K(rootfs),3904K(app),1984K(kback),"
			   "3904K(aback),384K(cfg),64K(para) root=/dev/mtdblock2 ro\n",
		.sysfs = "*: dir=platform/jz-sfc.0/mtd\n",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 kernel 0x40000 0x1f0000\n"
		       "mtd2 rootfs 0x230000 0x3d0000\n"
		       "mtd3 app 0x600000 0x3d0000\n"
		       "mtd4 kback 0x9d0000 0x1f0000\n"
		       "mtd5 aback 0xbc0000 0x3d0000\n"
		       "mtd6 cfg 0xf90000 0x60000\n"
		       "mtd7 para 0xff0000 0x10000\n",
	},
	{
		.name = "sxj02zm, 3.10, mtdparts",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00280000 00008000 \"kernel\"\n"
				   "mtd2: 006f0000 00008000 \"rootfs\"\n"
				   "mtd3: 00630000 00008000 \"data\"\n"
				   "mtd4: 00010000 00008000 \"config\"\n"
				   "mtd5: 00010000 00008000 \"factory\"\n",
		.cmdline = "mem=41472K@0x0 mtdparts=jz_sfc:256k(boot),2560k(kernel),7104k(rootfs),"
			   "6336k(data),64k(config),64k(factory)\n",
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 kernel 0x40000 0x280000\n"
		       "mtd2 rootfs 0x2c0000 0x6f0000\n"
		       "mtd3 data 0x9b0000 0x630000\n"
		       "mtd4 config 0xfe0000 0x10000\n"
		       "mtd5 factory 0xff0000 0x10000\n",
	},
	{
		.name = "openmiko, 3.10, no mtdparts",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00200000 00008000 \"kernel\"\n"
				   "mtd2: 00d30000 00008000 \"root\"\n"
				   "mtd3: 00040000 00008000 \"config\"\n"
				   "mtd4: 00040000 00008000 \"para\"\n"
				   "mtd5: 00010000 00008000 \"flag\"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 kernel 0x40000 0x200000\n"
		       "mtd2 root 0x240000 0xd30000\n"
		       "mtd3 config 0xf70000 0x40000\n"
		       "mtd4 para 0xfb0000 0x40000\n"
		       "mtd5 flag 0xff0000 0x10000\n",
	},
	/* thingino, whose tables show again what they show */
	{
		.name = "thingino C, 3.10, mtdparts",
		.proc_mtd = THINGINO_C_MTD("00008000"),
		.cmdline = THINGINO_C_CMDLINE,
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n" THINGINO_C_MAP,
	},
	{
		.name = "thingino C, 6.x, offset and mtdparts",
		.proc_mtd = THINGINO_C_MTD("00008000"),
		.cmdline = THINGINO_C_CMDLINE,
		.sysfs = "*: dir=platform/sfc/mtd offset=+\n6: offset=0x80000\n7: offset=0\n",
		.map = "sysfs size 0x1000000 erase 0x8000 page 256 type nor\n" THINGINO_C_MAP,
	},
	{
		.name = "thingino C, 6.x, offset alone",
		.proc_mtd = THINGINO_C_MTD("00008000"),
		.cmdline = "",
		.sysfs = "*: dir=platform/sfc/mtd offset=+\n6: offset=0x80000\n7: offset=0\n",
		.map = "sysfs size 0x1000000 erase 0x8000 page 256 type nor\n" THINGINO_C_MAP,
	},
	{
		.name = "thingino C, 3.10, neither",
		.proc_mtd = THINGINO_C_MTD("00008000"),
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n" THINGINO_C_TABLE
		       "alias mtd6 upgrade\n"
		       "alias mtd7 all\n",
	},
	{
		.name = "thingino C with aliases of 8 MiB on 16 MiB, 3.10, mtdparts",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00008000 00008000 \"env\"\n"
				   "mtd2: 00038000 00008000 \"config\"\n"
				   "mtd3: 00180000 00008000 \"kernel\"\n"
				   "mtd4: 00598000 00008000 \"rootfs\"\n"
				   "mtd5: 00868000 00008000 \"rootfs_data\"\n"
				   "mtd6: 00780000 00008000 \"upgrade\"\n"
				   "mtd7: 00800000 00008000 \"all\"\n",
		.cmdline = "mtdparts=jz_sfc:256k(boot),32k(env),224k(config),1536k(kernel),"
			   "5728k(rootfs),-(rootfs_data),7680k@0x80000(upgrade),8192k@0(all)\n",
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 env 0x40000 0x8000\n"
		       "mtd2 config 0x48000 0x38000\n"
		       "mtd3 kernel 0x80000 0x180000\n"
		       "mtd4 rootfs 0x200000 0x598000\n"
		       "mtd5 rootfs_data 0x798000 0x868000\n"
		       "alias mtd7 all\n"
		       "alias mtd6 upgrade\n",
	},
	{
		.name = "thingino F, 3.10, mtdparts",
		.proc_mtd = THINGINO_F_MTD,
		.cmdline = THINGINO_F_CMDLINE,
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n" THINGINO_F_MAP,
	},
	{
		.name = "thingino F, 6.x, offset",
		.proc_mtd = THINGINO_F_MTD,
		.cmdline = "",
		.sysfs = "*: dir=platform/sfc/mtd offset=+\n6: offset=0\n",
		.map = "sysfs size 0x1000000 erase 0x8000 page 256 type nor\n" THINGINO_F_MAP,
	},
	{
		.name = "thingino F, 3.10, neither",
		.proc_mtd = THINGINO_F_MTD,
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n" THINGINO_F_MAP,
	},
	/* OpenIPC */
	{
		.name = "openipc, 8 MiB, 4.9, offset and mtdparts",
		.proc_mtd = HEADER "mtd0: 00040000 00010000 \"boot\"\n"
				   "mtd1: 00010000 00010000 \"env\"\n"
				   "mtd2: 00200000 00010000 \"kernel\"\n"
				   "mtd3: 00500000 00010000 \"rootfs\"\n"
				   "mtd4: 000b0000 00010000 \"rootfs_data\"\n",
		.cmdline = "mem=32M console=ttyAMA0,115200 panic=20 root=/dev/mtdblock3 "
			   "mtdparts=hi_sfc:256k(boot),64k(env),2048k(kernel),5120k(rootfs),"
			   "-(rootfs_data)\n",
		.sysfs = "*: dir=platform/hi_sfc/mtd offset=+ writesize=1\n",
		.map = "sysfs size 0x800000 erase 0x10000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 env 0x40000 0x10000\n"
		       "mtd2 kernel 0x50000 0x200000\n"
		       "mtd3 rootfs 0x250000 0x500000\n"
		       "mtd4 rootfs_data 0x750000 0xb0000\n",
	},
	{
		.name = "openipc, 16 MiB, 3.10, no mtdparts",
		.proc_mtd = HEADER "mtd0: 00040000 00010000 \"boot\"\n"
				   "mtd1: 00010000 00010000 \"env\"\n"
				   "mtd2: 00300000 00010000 \"kernel\"\n"
				   "mtd3: 00a00000 00010000 \"rootfs\"\n"
				   "mtd4: 002b0000 00010000 \"rootfs_data\"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 env 0x40000 0x10000\n"
		       "mtd2 kernel 0x50000 0x300000\n"
		       "mtd3 rootfs 0x350000 0xa00000\n"
		       "mtd4 rootfs_data 0xd50000 0x2b0000\n",
	},
	/* a kernel that takes a 16 MiB chip for one of 8 MiB (K6): out of reach is registered with
	 * size and erase size 0 */
	{
		.name = "dafang, 8 MiB shown, out of reach with size 0",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00200000 00008000 \"kernel\"\n"
				   "mtd2: 00350000 00008000 \"root\"\n"
				   "mtd3: 000a0000 00008000 \"driver\"\n"
				   "mtd4: 001d0000 00008000 \"appfs\"\n"
				   "mtd5: 00000000 00000000 \"backupk\"\n"
				   "mtd6: 00000000 00000000 \"backupd\"\n"
				   "mtd7: 00000000 00000000 \"backupa\"\n"
				   "mtd8: 00000000 00000000 \"config\"\n"
				   "mtd9: 00000000 00000000 \"para\"\n"
				   "mtd10: 00000000 00000000 \"flag\"\n",
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS "\n",
		.sysfs = "",
		.map = "/proc/mtd size 0x800000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 kernel 0x40000 0x200000\n"
		       "mtd2 root 0x240000 0x350000\n"
		       "mtd3 driver 0x590000 0xa0000\n"
		       "mtd4 appfs 0x630000 0x1d0000\n"
		       "empty 6\n"
		       "wanted 0xff0000\n"
		       "disagreement map.offset-mismatch\n"
		       "refused map.offset-mismatch\n"
		       "refused map.size-suspect\n",
	},
	{
		.name = "dafang, 8 MiB shown, out of reach left out",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00200000 00008000 \"kernel\"\n"
				   "mtd2: 00350000 00008000 \"root\"\n"
				   "mtd3: 000a0000 00008000 \"driver\"\n"
				   "mtd4: 001d0000 00008000 \"appfs\"\n",
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS "\n",
		.sysfs = "",
		.map = "/proc/mtd size 0x800000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 kernel 0x40000 0x200000\n"
		       "mtd2 root 0x240000 0x350000\n"
		       "mtd3 driver 0x590000 0xa0000\n"
		       "mtd4 appfs 0x630000 0x1d0000\n"
		       "wanted 0xff0000\n"
		       "disagreement map.offset-mismatch\n"
		       "refused map.offset-mismatch\n"
		       "refused map.size-suspect\n",
	},
	{
		.name = "dafang, 8 MiB shown, 6.x, out of reach at offset 0 with size 0",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00200000 00008000 \"kernel\"\n"
				   "mtd2: 00350000 00008000 \"root\"\n"
				   "mtd3: 000a0000 00008000 \"driver\"\n"
				   "mtd4: 001d0000 00008000 \"appfs\"\n"
				   "mtd5: 00000000 00008000 \"backupk\"\n"
				   "mtd6: 00000000 00008000 \"flag\"\n",
		.cmdline = "",
		.sysfs = "*: dir=platform/spi/spi0.0/mtd offset=+\n5: offset=0\n6: offset=0\n",
		.map = "sysfs size 0x800000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 kernel 0x40000 0x200000\n"
		       "mtd2 root 0x240000 0x350000\n"
		       "mtd3 driver 0x590000 0xa0000\n"
		       "mtd4 appfs 0x630000 0x1d0000\n"
		       "empty 2\n"
		       "refused map.size-suspect\n",
	},
	{
		.name = "a flash of no usual size",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00bc0000 00008000 \"rest\"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0xc00000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 rest 0x40000 0xbc0000\n"
		       "refused map.size-suspect\n",
	},
	/* no tilings */
	{
		.name = "a gap between two, offset",
		.proc_mtd = HEADER "mtd0: 00040000 00010000 \"boot\"\n"
				   "mtd1: 00200000 00010000 \"kernel\"\n"
				   "mtd2: 00db0000 00010000 \"root\"\n",
		.cmdline = "",
		.sysfs = "*: dir=platform/spi/spi0.0/mtd offset=0\n1: offset=0x40000\n"
			 "2: offset=0x250000\n",
		.map = "sysfs size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 kernel 0x40000 0x200000\n"
		       "mtd2 root 0x250000 0xdb0000\n"
		       "tiling map.gap\n"
		       "refused map.gap\n",
		.doubt = {"kernel", "root", "240000"},
	},
	{
		.name = "a gap at the beginning, mtdparts",
		.proc_mtd = HEADER "mtd0: 00200000 00010000 \"kernel\"\n"
				   "mtd1: 00dc0000 00010000 \"root\"\n",
		.cmdline = "mtdparts=jz_sfc:2048k@0x40000(kernel),14080k(root)\n",
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 kernel 0x40000 0x200000\n"
		       "mtd1 root 0x240000 0xdc0000\n"
		       "tiling map.gap\n"
		       "refused map.gap\n",
		.doubt = {"kernel", "40000"},
	},
	{
		.name = "an overlap, offset",
		.proc_mtd = HEADER "mtd0: 00050000 00010000 \"boot\"\n"
				   "mtd1: 00200000 00010000 \"kernel\"\n"
				   "mtd2: 00dc0000 00010000 \"root\"\n",
		.cmdline = "",
		.sysfs = "*: dir=platform/spi/spi0.0/mtd\n0: offset=0\n1: offset=0x40000\n"
			 "2: offset=0x240000\n",
		.map = "sysfs size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x50000\n"
		       "mtd1 kernel 0x40000 0x200000\n"
		       "mtd2 root 0x240000 0xdc0000\n"
		       "tiling map.overlap\n"
		       "refused map.overlap\n",
		.doubt = {"boot", "kernel", "40000"},
	},
	{
		.name = "partitions out of order, offset",
		.proc_mtd = HEADER "mtd0: 00dc0000 00010000 \"root\"\n"
				   "mtd1: 00040000 00010000 \"boot\"\n"
				   "mtd2: 00200000 00010000 \"kernel\"\n",
		.cmdline = "mtdparts=spi0.0:14080k@0x240000(root),256k@0(boot),2048k(kernel)\n",
		.sysfs = "*: dir=platform/spi/spi0.0/mtd\n0: offset=0x240000\n1: offset=0\n"
			 "2: offset=0x40000\n",
		.map = "sysfs size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd1 boot 0x0 0x40000\n"
		       "mtd2 kernel 0x40000 0x200000\n"
		       "mtd0 root 0x240000 0xdc0000\n",
	},
	{
		.name = "partitions out of order, mtdparts",
		.proc_mtd = HEADER "mtd0: 00dc0000 00010000 \"root\"\n"
				   "mtd1: 00040000 00010000 \"boot\"\n"
				   "mtd2: 00200000 00010000 \"kernel\"\n",
		.cmdline = "mtdparts=jz_sfc:14080k@0x240000(root),256k@0(boot),2048k(kernel)\n",
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd1 boot 0x0 0x40000\n"
		       "mtd2 kernel 0x40000 0x200000\n"
		       "mtd0 root 0x240000 0xdc0000\n",
	},
	/* sources that disagree */
	{
		.name = "sizes contradict mtdparts, 3.10",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = "mtdparts=jz_sfc:256k(boot),2112k(kernel),3328k(root),640k(driver),"
			   "4736k(appfs),2048k(backupk),640k(backupd),2048k(backupa),"
			   "256k(config),256k(para),-(flag)\n",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP
		       "disagreement map.offset-mismatch\n"
		       "refused map.offset-mismatch\n",
		.doubt = {"kernel"},
	},
	{
		.name = "names contradict mtdparts, 3.10",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = "mtdparts=jz_sfc:256k(boot),2048k(kernel),3392k(rootfs),640k(driver),"
			   "4736k(appfs),2048k(backupk),640k(backupd),2048k(backupa),"
			   "256k(config),256k(para),-(flag)\n",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP
		       "disagreement map.offset-mismatch\n"
		       "refused map.offset-mismatch\n",
		.doubt = {"root", "rootfs"},
	},
	{
		/* the others may be of another flash, so what is left is no usual size */
		.name = "mtdparts ends before /proc/mtd does, 3.10",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = "mtdparts=jz_sfc:256k(boot),2048k(kernel),3392k(root),640k(driver),"
			   "4736k(appfs)\n",
		.sysfs = "",
		.map = "mtdparts size 0xad0000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 kernel 0x40000 0x200000\n"
		       "mtd2 root 0x240000 0x350000\n"
		       "mtd3 driver 0x590000 0xa0000\n"
		       "mtd4 appfs 0x630000 0x4a0000\n"
		       "others 6\n"
		       "refused map.size-suspect\n",
	},
	{
		.name = "mtdparts has more partitions, 3.10",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00fc0000 00008000 \"rest\"\n",
		.cmdline = "mtdparts=jz_sfc:256k(boot),8192k(rest),7936k(more)\n",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 rest 0x40000 0xfc0000\n"
		       "disagreement map.offset-mismatch\n"
		       "refused map.offset-mismatch\n",
		.doubt = {"mtdparts has 3", "/proc/mtd has 2"},
	},
	{
		.name = "offset contradicts mtdparts, 6.x",
		.proc_mtd = HEADER "mtd0: 00040000 00010000 \"boot\"\n"
				   "mtd1: 00200000 00010000 \"kernel\"\n"
				   "mtd2: 00200000 00010000 \"backup\"\n"
				   "mtd3: 00bc0000 00010000 \"root\"\n",
		.cmdline = "mtdparts=spi0.0:256k(boot),2048k(kernel),2048k(backup),-(root)\n",
		.sysfs = "*: dir=platform/spi/spi0.0/mtd\n0: offset=0\n1: offset=0x240000\n"
			 "2: offset=0x40000\n3: offset=0x440000\n",
		.map = "sysfs size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd2 backup 0x40000 0x200000\n"
		       "mtd1 kernel 0x240000 0x200000\n"
		       "mtd3 root 0x440000 0xbc0000\n"
		       "disagreement map.offset-mismatch\n"
		       "refused map.offset-mismatch\n",
		.doubt = {"kernel"},
	},
	/* more than one flash */
	{
		.name = "a second flash, told by its folder",
		.proc_mtd = DAFANG_MTD("00001000") "mtd11: 00800000 00001000 \"spi1.0\"\n",
		.cmdline = "console=ttyS4,115200\n",
		.sysfs = "*: dir=platform/ahb/1e620000.spi/spi_master/spi0/spi0.0/mtd offset=+ "
			 "writesize=1\n"
			 "11: dir=platform/ahb/1e630000.spi/spi_master/spi1/spi1.0/mtd offset=-\n",
		.map = "sysfs size 0x1000000 erase 0x1000 page 256 type nor\n" DAFANG_MAP
		       "others 1\n",
	},
	{
		.name = "a second flash with partitions, told by its folder",
		.proc_mtd = DAFANG_MTD("00008000") "mtd11: 00100000 00020000 \"boot\"\n"
						   "mtd12: 07f00000 00020000 \"data\"\n",
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS "\n",
		.sysfs = "*: dir=platform/spi/spi0.0/mtd\n"
			 "11: dir=platform/nand/mtd type=nand writesize=2048\n"
			 "12: dir=platform/nand/mtd type=nand writesize=2048\n",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP
		       "others 2\n",
	},
	{
		.name = "a second flash with the same folder, told by mtdparts",
		.proc_mtd = DAFANG_MTD("00008000") "mtd11: 00100000 00008000 \"cal\"\n"
						   "mtd12: 00700000 00008000 \"media\"\n",
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS ";spi1.0:1024k(cal),7168k(media)\n",
		.sysfs = "*: dir=virtual/mtd\n",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP
		       "others 2\n",
	},
	{
		.name = "a second flash, told by mtdparts, no sysfs",
		.proc_mtd = DAFANG_MTD("00008000") "mtd11: 00100000 00008000 \"cal\"\n"
						   "mtd12: 00700000 00008000 \"media\"\n",
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS ";spi1.0:1024k(cal),-(media)\n",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type ?\n" DAFANG_MAP
		       "others 2\n",
	},
	{
		.name = "a second flash, told by mtdparts that has it first",
		.proc_mtd = DAFANG_MTD("00008000") "mtd11: 00100000 00008000 \"cal\"\n"
						   "mtd12: 00700000 00008000 \"media\"\n",
		.cmdline = "mtdparts=spi1.0:1024k(cal),-(media);" DAFANG_PARTS "\n",
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP
		       "others 2\n",
	},
	{
		/* only a partition has an offset, so mtd11 is a flash of its own */
		.name = "a second, larger flash with the same folder, 6.x",
		.proc_mtd = DAFANG_MTD("00008000") "mtd11: 02000000 00008000 \"media\"\n",
		.cmdline = "",
		.sysfs = "*: dir=platform/spi/mtd offset=+\n11: offset=-\n",
		.map = "sysfs size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP
		       "others 1\n",
	},
	{
		/* eleven devices of RAM that make one flash between them: no partitions at all */
		.name = "phram, 6.1, eleven devices",
		.proc_mtd = DAFANG_MTD("00008000"),
		.cmdline = "console=ttyS0 quiet nokaslr mem=256M\n",
		.sysfs = "*: dir=virtual/mtd type=ram flags=0x1c00 writesize=1\n",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type ram\n" DAFANG_MAP,
	},
	/* a kernel that shows the whole flash, too */
	{
		.name = "the whole flash as mtd0, partitions below it",
		.proc_mtd = HEADER "mtd0: 01000000 00010000 \"spi0.0\"\n"
				   "mtd1: 00040000 00010000 \"boot\"\n"
				   "mtd2: 00200000 00010000 \"kernel\"\n"
				   "mtd3: 00dc0000 00010000 \"root\"\n",
		.cmdline = "mtdparts=spi0.0:256k(boot),2048k(kernel),-(root)\n",
		.sysfs = "*: below=0 offset=0\n"
			 "0: dir=platform/spi/spi0.0/mtd below=- offset=-\n"
			 "2: offset=0x40000\n3: offset=0x240000\n",
		.map = "sysfs size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd1 boot 0x0 0x40000\n"
		       "mtd2 kernel 0x40000 0x200000\n"
		       "mtd3 root 0x240000 0xdc0000\n"
		       "alias mtd0 spi0.0\n",
	},
	{
		.name = "the whole flash as mtd0, only half of it in partitions",
		.proc_mtd = HEADER "mtd0: 01000000 00010000 \"spi0.0\"\n"
				   "mtd1: 00040000 00010000 \"boot\"\n"
				   "mtd2: 00200000 00010000 \"kernel\"\n",
		.cmdline = "",
		.sysfs = "*: below=0 offset=0\n"
			 "0: dir=platform/spi/spi0.0/mtd below=- offset=-\n"
			 "2: offset=0x40000\n",
		.map = "sysfs size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 spi0.0 0x0 0x1000000\n"
		       "alias mtd2 kernel\n"
		       "alias mtd1 boot\n",
	},
	{
		.name = "the whole flash twice, each with its partitions",
		.proc_mtd = HEADER "mtd0: 01000000 00010000 \"spi0.0\"\n"
				   "mtd1: 00040000 00010000 \"boot\"\n"
				   "mtd2: 00fc0000 00010000 \"root\"\n"
				   "mtd3: 00800000 00010000 \"spi0.1\"\n"
				   "mtd4: 00800000 00010000 \"media\"\n",
		.cmdline = "",
		.sysfs = "*: offset=0\n"
			 "0: dir=platform/spi/spi0.0/mtd offset=-\n"
			 "1: below=0\n"
			 "2: below=0 offset=0x40000\n"
			 "3: dir=platform/spi/spi0.1/mtd offset=-\n"
			 "4: below=3\n",
		.map = "sysfs size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd1 boot 0x0 0x40000\n"
		       "mtd2 root 0x40000 0xfc0000\n"
		       "alias mtd0 spi0.0\n"
		       "others 2\n",
	},
	{
		/* OpenWrt's: firmware holds kernel and rootfs, which holds rootfs_data; each offset
		 * is relative to what it is in */
		.name = "partitions in partitions",
		.proc_mtd = HEADER "mtd0: 00040000 00010000 \"u-boot\"\n"
				   "mtd1: 00010000 00010000 \"env\"\n"
				   "mtd2: 00fb0000 00010000 \"firmware\"\n"
				   "mtd3: 00200000 00010000 \"kernel\"\n"
				   "mtd4: 00db0000 00010000 \"rootfs\"\n"
				   "mtd5: 00400000 00010000 \"squash\"\n"
				   "mtd6: 009b0000 00010000 \"rootfs_data\"\n",
		.cmdline = "",
		.sysfs = "*: dir=platform/spi/spi0.0/mtd\n"
			 "0: offset=0\n1: offset=0x40000\n2: offset=0x50000\n"
			 "3: below=2 offset=0\n4: below=2 offset=0x200000\n"
			 "5: below=4 offset=0\n6: below=4 offset=0x400000\n",
		.map = "sysfs size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 u-boot 0x0 0x40000\n"
		       "mtd1 env 0x40000 0x10000\n"
		       "mtd3 kernel 0x50000 0x200000\n"
		       "mtd5 squash 0x250000 0x400000\n"
		       "mtd6 rootfs_data 0x650000 0x9b0000\n"
		       "alias mtd2 firmware\n"
		       "alias mtd4 rootfs\n",
	},
	/* erase sizes */
	{
		/* what is not aligned, the kernel opens for reading only */
		.name = "thingino C on a chip of 64 KiB blocks, mtdparts",
		.proc_mtd = THINGINO_C_MTD("00010000"),
		.cmdline = THINGINO_C_CMDLINE,
		.sysfs = "1: flags=0x800\n2: flags=0x800\n4: flags=0x800\n5: flags=0x800\n",
		.map = "mtdparts size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 env 0x40000 0x8000 ro\n"
		       "mtd2 config 0x48000 0x38000 ro\n"
		       "mtd3 kernel 0x80000 0x180000\n"
		       "mtd4 rootfs 0x200000 0x598000 ro\n"
		       "mtd5 rootfs_data 0x798000 0x868000 ro\n"
		       "alias mtd7 all\n"
		       "alias mtd6 upgrade\n"
		       "refused map.unaligned\n",
	},
	{
		.name = "a partition that is not aligned, offset",
		.proc_mtd = HEADER "mtd0: 00044000 00008000 \"boot\"\n"
				   "mtd1: 00fbc000 00008000 \"rest\"\n",
		.cmdline = "",
		.sysfs = "*: dir=platform/spi/mtd offset=+ flags=0x800\n",
		.map = "sysfs size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x44000 ro\n"
		       "mtd1 rest 0x44000 0xfbc000 ro\n"
		       "refused map.unaligned\n",
	},
	{
		.name = "dafang, 4 KiB blocks",
		.proc_mtd = DAFANG_MTD("00001000"),
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS "\n",
		.sysfs = "*: offset=+ writesize=1\n",
		.map = "sysfs size 0x1000000 erase 0x1000 page 256 type nor\n" DAFANG_MAP,
	},
	{
		.name = "dafang, 64 KiB blocks",
		.proc_mtd = DAFANG_MTD("00010000"),
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS "\n",
		.sysfs = "",
		.map = "mtdparts size 0x1000000 erase 0x10000 page 256 type nor\n" DAFANG_MAP,
	},
	{
		/* it overlaps nothing, so it is no alias */
		.name = "one partition that is called all",
		.proc_mtd = HEADER "mtd0: 01000000 00010000 \"all\"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x10000 page 256 type nor\n"
		       "mtd0 all 0x0 0x1000000\n",
	},
	{
		.name = "blocks of two sizes",
		.proc_mtd = HEADER "mtd0: 00040000 00001000 \"boot\"\n"
				   "mtd1: 00fc0000 00010000 \"rest\"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x1000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 rest 0x40000 0xfc0000 erase 0x10000\n"
		       "tiling map.unaligned\n"
		       "refused map.unaligned\n",
		.doubt = {"4096", "65536"},
	},
	{
		.name = "erase size 0",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00fc0000 00000000 \"rest\"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 rest 0x40000 0xfc0000 erase 0x0\n"
		       "tiling map.unaligned\n"
		       "refused map.unaligned\n",
		.doubt = {"rest"},
	},
	{
		.name = "erase size 0 everywhere",
		.proc_mtd = HEADER "mtd0: 00040000 00000000 \"boot\"\n"
				   "mtd1: 00fc0000 00000000 \"rest\"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x0 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd1 rest 0x40000 0xfc0000\n"
		       "tiling map.unaligned\n"
		       "refused map.unaligned\n",
		.doubt = {"boot"},
	},
	{
		.name = "two flashes of the same id",
		.proc_mtd = DAFANG_MTD("00008000") "mtd11: 00100000 00008000 \"cal\"\n"
						   "mtd12: 00700000 00008000 \"media\"\n",
		.cmdline = DAFANG_CMDLINE DAFANG_PARTS ";jz_sfc:1024k(cal),7168k(media)\n",
		.sysfs = "*: dir=virtual/mtd\n",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n" DAFANG_MAP
		       "others 2\n",
	},
	{
		.name = "every partition has size 0",
		.proc_mtd = HEADER "mtd0: 00000000 00000000 \"boot\"\n"
				   "mtd1: 00000000 00000000 \"rest\"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x0 erase 0x0 page 256 type nor\n"
		       "empty 2\n"
		       "tiling map.gap\n"
		       "refused map.gap\n",
	},
	/* read-only by flags, and names that are hard to read */
	{
		.name = "a partition that the kernel keeps read-only",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd1: 00fc0000 00008000 \"rest\"\n",
		.cmdline = "mtdparts=jz_sfc:256k(boot)ro,-(rest)\n",
		.sysfs = "0: flags=0x800\n",
		.map = "mtdparts size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000 ro\n"
		       "mtd1 rest 0x40000 0xfc0000\n",
	},
	{
		.name = "names with spaces and quotes",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot loader\"\n"
				   "mtd1: 00200000 00008000 \"the \"kernel\"\"\n"
				   "mtd2: 00080000 00008000 \"\"\"\n"
				   "mtd3: 00080000 00008000 \"mtd0: 00040000 00008000\"\n"
				   "mtd4: 00cc0000 00008000 \" \"\n",
		.cmdline = "",
		.sysfs = "",
		.map = "/proc/mtd size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot loader 0x0 0x40000\n"
		       "mtd1 the \"kernel\" 0x40000 0x200000\n"
		       "mtd2 \" 0x240000 0x80000\n"
		       "mtd3 mtd0: 00040000 00008000 0x2c0000 0x80000\n"
		       "mtd4   0x340000 0xcc0000\n",
	},
	{
		/* mtd1 was taken away again while the system ran */
		.name = "a number is missing",
		.proc_mtd = HEADER "mtd0: 00040000 00008000 \"boot\"\n"
				   "mtd2: 00fc0000 00008000 \"rest\"\n",
		.cmdline = "",
		.sysfs = "*: offset=+\n",
		.map = "sysfs size 0x1000000 erase 0x8000 page 256 type nor\n"
		       "mtd0 boot 0x0 0x40000\n"
		       "mtd2 rest 0x40000 0xfc0000\n",
	},
	{
		.name = "nand",
		.proc_mtd = HEADER "mtd0: 00100000 00020000 \"boot\"\n"
				   "mtd1: 03f00000 00020000 \"rest\"\n",
		.cmdline = "",
		.sysfs = "*: type=nand flags=0x400\n",
		.map = "/proc/mtd size 0x4000000 erase 0x20000 page 256 type nand\n"
		       "mtd0 boot 0x0 0x100000\n"
		       "mtd1 rest 0x100000 0x3f00000\n"
		       "refused map.not-nor\n",
	},
};

/* /proc/mtd that makes no sense, and the line that does not. */
struct map_garbage {
	const char *proc_mtd;
	unsigned line;
};

static const struct map_garbage map_garbage[] = {
	{"garbage\n", 1},
	{"mtd0: 00040000 00008000 \"boot\"\n", 1},
	{HEADER "garbage\n", 2},
	{HEADER "mtd0: 00040000 00008000 \"boot\"\ngarbage\n", 3},
	{HEADER "mtd0: 00040000 00008000 \"boot\"\n\nmtd1: 00040000 00008000 \"b\"\n", 3},
	{HEADER "mtd0 00040000 00008000 \"boot\"\n", 2},
	{HEADER "mtd: 00040000 00008000 \"boot\"\n", 2},
	{HEADER "mtdx: 00040000 00008000 \"boot\"\n", 2},
	{HEADER "mtd-1: 00040000 00008000 \"boot\"\n", 2},
	{HEADER "mtd99999999999: 00040000 00008000 \"boot\"\n", 2},
	{HEADER "mtd0: 0004000g 00008000 \"boot\"\n", 2},
	{HEADER "mtd0: 00040000 0000800g \"boot\"\n", 2},
	{HEADER "mtd0: 00040000 \"boot\"\n", 2},
	{HEADER "mtd0: 00040000 00008000\n", 2},
	{HEADER "mtd0: 00040000 00008000 boot\n", 2},
	{HEADER "mtd0: 00040000 00008000 \"boot\n", 2},
	{HEADER "mtd0: 00040000 00008000 \"\n", 2},
	{HEADER "mtd0: 00040000 00008000 \"boot\" more\n", 2},
	{HEADER "mtd0: -0040000 00008000 \"boot\"\n", 2},
	{HEADER "mtd0: 00040000 1000000000 \"boot\"\n", 2},
	{HEADER "mtd0: 10000000000000000 00008000 \"boot\"\n", 2},
	/* the same number twice */
	{HEADER "mtd0: 00040000 00008000 \"boot\"\nmtd0: 00040000 00008000 \"a\"\n", 3},
	/* cut off in the middle of a line */
	{HEADER "mtd0: 00040000 00008000 \"boot\"\nmtd1: 0004", 3},
};

#endif
