/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verb.h"

#include "uniflash/layout/detect.h"
#include "uniflash/report/inspected.h"

#define MIB ((uint64_t)1 << 20)

/* The flash that an image is for: as large as it or the next usual size. */
static uint64_t flash_size(uint64_t image)
{
	uint64_t size = 16 * MIB;

	while (size < image)
		size *= 2;
	return size;
}

static void tell(struct run *run)
{
	uint64_t size = flash_size(run->found.size);
	char fits[160];
	struct uf_layout known;
	struct uf_event event = {.kind = UF_EVENT_INSPECT};
	const struct uf_inspected inspected = {
		.image = &run->image,
		.foreign = run->foreign,
		.digest = &run->target.image_digest,
		.found = &run->found,
		.carried = uf_layout_carried(&run->found, size, &run->image_layout)
				   ? &run->image_layout
				   : NULL,
		.fits = fits,
	};

	uf_layout_candidates(&run->found, size, &known, fits, sizeof(fits));
	event.inspected = &inspected;
	uf_emit(&run->hooks, &event);
}

int verb_inspect(struct run *run)
{
	int ret = run_open_image(run, UF_IMAGE_LIMIT);

	if (!ret)
		ret = run_inspect_image(run);
	if (!ret)
		tell(run);
	return ret;
}
