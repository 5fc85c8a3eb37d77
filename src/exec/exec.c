/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/exec/exec.h"

#include "alias.h"
#include "block.h"
#include "boot.h"

#include <stdlib.h>
#include <string.h>

/* Where an operation stands. */
enum op_state {
	OP_TODO,
	OP_WRITTEN,  /* compared once */
	OP_VERIFIED, /* and compared again at the end */
	OP_REFUTED,  /* written, but the comparison at the end found it wrong */
	OP_FAILED,   /* could not be written */
};

struct op_record {
	uint8_t state;  /* enum op_state */
	uint8_t result; /* enum uf_block_result of the last attempt */
	uint8_t attempts;
	bool touched;   /* an attempt has changed something in the block */
	uint32_t wrong; /* where in the block the last attempt found a wrong byte */
};

/* A pass goes over all operations and takes those that it is for. */
enum pass_kind {
	PASS_WRITE,   /* those to do, and those that failed */
	PASS_VERIFY,  /* those written */
	PASS_REWRITE, /* those refuted */
};

struct pass {
	enum pass_kind kind;
	enum uf_phase phase; /* as which it is reported */
};

/* The second writing pass is for blocks that failed in the first. What the verification refutes is
 * written again, and after that everything is verified anew: an erase may have disturbed what was
 * right before. */
static const struct pass passes[] = {
	{PASS_WRITE, UF_PHASE_WRITE},   {PASS_WRITE, UF_PHASE_WRITE},
	{PASS_VERIFY, UF_PHASE_VERIFY}, {PASS_REWRITE, UF_PHASE_VERIFY},
	{PASS_VERIFY, UF_PHASE_VERIFY}, {PASS_REWRITE, UF_PHASE_VERIFY},
	{PASS_VERIFY, UF_PHASE_VERIFY},
};

#define PASSES (sizeof(passes) / sizeof(passes[0]))

struct uf_exec {
	struct uf_exec_input in;
	struct block_io io;
	struct op_record *record;
	unsigned pass;
	uint32_t next;       /* operation of the pass */
	uint32_t pass_steps; /* operations that the pass has taken */
	bool stopped;
	bool gave_up; /* the first block shows that this chip must not be written */
	struct alias_probe alias;
	bool boot_done;
	uint32_t announced; /* operations of the pass up to here have been announced */
	uint32_t *list;     /* of operations to announce */
	struct boot_window boot;
	uint32_t written;
	uint32_t verified;
	uint32_t verified_most; /* progress does not go back when all is verified anew */
	uint32_t row_ops[UF_PARTITIONS_MAX];
	uint32_t row_written[UF_PARTITIONS_MAX];
	uint32_t row_failed[UF_PARTITIONS_MAX];
	uint32_t row_verified[UF_PARTITIONS_MAX];
	uint64_t work_total;
	uint64_t work_done;
	struct uf_error error;      /* of the first block that failed, cured since or not */
	struct uf_error sync_error; /* code 0, or why the medium did not take what was written */
	struct uf_error scratch;
};

static const struct uf_op *op_at(const struct uf_exec *exec, uint32_t index)
{
	return &exec->in.plan->op[index];
}

static int row_at(const struct uf_exec *exec, uint32_t index)
{
	return uf_plan_row_of(exec->in.plan, op_at(exec, index)->block);
}

static uint64_t verify_us(const struct uf_exec *exec)
{
	return exec->in.plan->cost.read_us;
}

static void tell_progress(const struct uf_exec *exec, uint32_t index, enum uf_phase phase)
{
	uint32_t erase_size = exec->in.plan->target->geometry.erase_size;
	struct uf_event event = {.kind = UF_EVENT_PROGRESS, .plan = exec->in.plan};
	struct uf_progress_event *progress = &event.progress;
	int row = row_at(exec, index);
	bool writing = phase == UF_PHASE_WRITE;

	progress->phase = phase;
	progress->row = row;
	progress->done = (uint64_t)(writing ? exec->written : exec->verified_most) * erase_size;
	progress->total = (uint64_t)exec->in.plan->ops * erase_size;
	progress->row_done = writing ? exec->row_written[row] : exec->row_verified[row];
	progress->row_failed = exec->row_failed[row];
	progress->row_total = exec->row_ops[row];
	progress->work_done = exec->work_done;
	progress->work_total = exec->work_total;
	uf_emit(exec->in.hooks, &event);
}

static void tell_block(struct uf_exec *exec, uint32_t index, enum uf_block_result result, bool last)
{
	struct uf_event event = {.kind = UF_EVENT_BLOCK, .plan = exec->in.plan};

	event.block.row = row_at(exec, index);
	event.block.offset =
		(uint64_t)op_at(exec, index)->block * exec->in.plan->target->geometry.erase_size;
	event.block.attempt = exec->record[index].attempts;
	event.block.last = last;
	event.block.result = result;
	event.block.detail = result == UF_BLOCK_OK ? "" : exec->scratch.what;
	uf_emit(exec->in.hooks, &event);
}

static bool is_failure(enum op_state state)
{
	return state == OP_FAILED || state == OP_REFUTED;
}

static void set_state(struct uf_exec *exec, uint32_t index, enum op_state state)
{
	struct op_record *record = &exec->record[index];
	int row = row_at(exec, index);

	exec->row_failed[row] += is_failure(state);
	exec->row_failed[row] -= is_failure((enum op_state)record->state);
	record->state = (uint8_t)state;
}

static void enter_failure(struct uf_exec *exec, uint32_t index, enum op_state state,
			  enum uf_block_result result)
{
	set_state(exec, index, state);
	exec->record[index].result = (uint8_t)result;
	exec->record[index].wrong = exec->io.wrong;
	if (exec->error.code == UF_OK)
		exec->error = exec->scratch;
}

static void enter_written(struct uf_exec *exec, uint32_t index)
{
	set_state(exec, index, OP_WRITTEN);
	exec->record[index].result = UF_BLOCK_OK;
	/* Blocks that the verification sent back have been counted already. */
	if (passes[exec->pass].phase != UF_PHASE_WRITE)
		return;
	exec->written++;
	exec->row_written[row_at(exec, index)]++;
	exec->work_done += uf_plan_op_us(exec->in.plan, op_at(exec, index)) - verify_us(exec);
}

/* A block that was put back as it was leaves the flash as touched as it was before. */
static enum uf_block_result judge_alias(struct uf_exec *exec, uint32_t index, bool touched)
{
	enum uf_block_result result =
		alias_judge(&exec->alias, &exec->io, op_at(exec, index)->block, &exec->scratch);

	if (result != UF_BLOCK_OK)
		tell_block(exec, index, result, true);
	if (exec->alias.put_back)
		exec->io.touched = touched;
	return result;
}

static void write_op(struct uf_exec *exec, uint32_t index)
{
	struct op_record *record = &exec->record[index];
	enum uf_block_result result = UF_BLOCK_OK;
	bool touched = exec->io.touched;

	exec->io.block_touched = record->touched;
	alias_arm(&exec->alias, &exec->io, op_at(exec, index)->block);
	for (unsigned attempt = 1; attempt <= UF_BLOCK_TRIES; attempt++) {
		result = block_write(&exec->io, op_at(exec, index), &exec->scratch);
		record->attempts++;
		tell_block(exec, index, result, result == UF_BLOCK_OK || attempt == UF_BLOCK_TRIES);
		if (result == UF_BLOCK_OK)
			break;
	}
	if (result == UF_BLOCK_OK)
		result = judge_alias(exec, index, touched);
	record->touched = exec->io.block_touched;
	/* As long as nothing has changed there is a way back; nothing else is tried then. */
	exec->gave_up =
		result == UF_BLOCK_ALIAS || (result == UF_BLOCK_PROTECTED && !exec->io.touched);
	if (result == UF_BLOCK_OK) {
		enter_written(exec, index);
		return;
	}
	enter_failure(exec, index, OP_FAILED, result);
	/* That ends the run, so that is what is told. */
	if (exec->gave_up)
		exec->error = exec->scratch;
	if (exec->io.loaded)
		stash_put(&exec->io.stash, op_at(exec, index)->block, exec->io.want);
}

static void verify_op(struct uf_exec *exec, uint32_t index)
{
	enum uf_block_result result =
		block_verify(&exec->io, op_at(exec, index)->block, &exec->scratch);

	if (result != UF_BLOCK_OK) {
		tell_block(exec, index, result, true);
		enter_failure(exec, index, OP_REFUTED, result);
		return;
	}
	set_state(exec, index, OP_VERIFIED);
	exec->verified++;
	exec->row_verified[row_at(exec, index)]++;
	if (exec->verified <= exec->verified_most)
		return;
	exec->verified_most = exec->verified;
	exec->work_done += verify_us(exec);
}

static bool pass_takes(const struct uf_exec *exec, uint32_t index)
{
	enum op_state state = (enum op_state)exec->record[index].state;

	switch (passes[exec->pass].kind) {
	case PASS_WRITE:
		return state == OP_TODO || state == OP_FAILED;
	case PASS_VERIFY:
		return state == OP_WRITTEN;
	case PASS_REWRITE:
		return state == OP_REFUTED;
	}
	return false;
}

/* What was rewritten makes what was verified before it open again. */
static void reopen_verified(struct uf_exec *exec)
{
	for (uint32_t index = 0; index < exec->in.plan->body_ops; index++)
		if (exec->record[index].state == OP_VERIFIED)
			set_state(exec, index, OP_WRITTEN);
	exec->verified = 0;
	memset(exec->row_verified, 0, sizeof(exec->row_verified));
}

/* The medium must have it before it is read back. */
static void end_pass(struct uf_exec *exec)
{
	bool wrote = passes[exec->pass].kind != PASS_VERIFY && exec->pass_steps;

	if (wrote && exec->io.touched)
		uf_device_sync(exec->in.dev, &exec->sync_error);
	if (wrote && passes[exec->pass].kind == PASS_REWRITE)
		reopen_verified(exec);
	exec->pass++;
	exec->announced = 0;
	exec->pass_steps = 0;
	exec->next = 0;
}

/* Move on to the next operation of a pass that takes it; false at the end of the last pass. */
static bool find_next(struct uf_exec *exec)
{
	while (exec->pass < PASSES) {
		for (; exec->next < exec->in.plan->body_ops; exec->next++)
			if (pass_takes(exec, exec->next))
				return true;
		end_pass(exec);
	}
	return false;
}

static bool body_is_right(const struct uf_exec *exec)
{
	for (uint32_t index = 0; index < exec->in.plan->body_ops; index++)
		if (exec->record[index].state != OP_VERIFIED)
			return false;
	return exec->sync_error.code == UF_OK;
}

/* An attempt inside the window that failed. */
static void tell_boot(void *context, uint32_t index, enum uf_block_result result)
{
	struct uf_exec *exec = context;

	index += exec->in.plan->body_ops;
	exec->record[index].attempts++;
	tell_block(exec, index, result, false);
}

static void enter_boot(struct uf_exec *exec)
{
	uint32_t first = exec->in.plan->body_ops;

	for (uint32_t index = first; index < exec->in.plan->ops; index++) {
		int row = row_at(exec, index);

		set_state(exec, index, OP_VERIFIED);
		exec->record[index].attempts++;
		exec->record[index].result = UF_BLOCK_OK;
		tell_block(exec, index, UF_BLOCK_OK, true);
		exec->written++;
		exec->row_written[row]++;
		exec->verified++;
		exec->verified_most++;
		exec->row_verified[row]++;
		exec->work_done += uf_plan_op_us(exec->in.plan, op_at(exec, index));
		tell_progress(exec, index, UF_PHASE_WRITE);
	}
	tell_progress(exec, exec->in.plan->ops - 1, UF_PHASE_VERIFY);
}

static void fail_boot(struct uf_exec *exec)
{
	exec->io.wrong = exec->boot.wrong;
	enter_failure(exec, exec->in.plan->body_ops + exec->boot.failed, OP_FAILED,
		      exec->boot.result);
}

static void announce(struct uf_exec *exec, unsigned count)
{
	if (exec->in.announce && count)
		exec->in.announce(exec->in.announce_context, exec->list, count);
}

static void announce_boot(struct uf_exec *exec)
{
	for (uint32_t at = 0; at < exec->boot.count; at++)
		exec->list[at] = exec->in.plan->body_ops + at;
	announce(exec, exec->boot.count);
}

/* The window is one step: nothing may end the run inside of it. */
static void write_boot(struct uf_exec *exec)
{
	exec->boot_done = true;
	exec->boot.err = &exec->scratch;
	exec->boot.context = exec;
	exec->boot.tell = tell_boot;
	if (boot_prepare(&exec->boot)) {
		announce_boot(exec);
		boot_write(&exec->boot);
	}
	uf_device_sync(exec->in.dev, &exec->sync_error);
	if (exec->boot.outcome == UF_BOOT_NEW)
		enter_boot(exec);
	else
		fail_boot(exec);
}

static bool boot_is_next(const struct uf_exec *exec)
{
	return exec->boot.count && !exec->boot_done && body_is_right(exec);
}

/* This operation and those that the pass takes next. */
static void announce_next(struct uf_exec *exec, uint32_t index)
{
	unsigned count = 0;

	if (index < exec->announced)
		return;
	for (; index < exec->in.plan->body_ops && count < UF_ANNOUNCE_MAX; index++)
		if (pass_takes(exec, index))
			exec->list[count++] = index;
	exec->announced = index;
	announce(exec, count);
}

static void write_body(struct uf_exec *exec)
{
	uint32_t index = exec->next++;

	exec->pass_steps++;
	if (passes[exec->pass].kind == PASS_VERIFY) {
		verify_op(exec, index);
	} else {
		announce_next(exec, index);
		write_op(exec, index);
	}
	tell_progress(exec, index, passes[exec->pass].phase);
}

bool uf_exec_step(struct uf_exec *exec)
{
	bool body;

	if (exec->stopped || exec->gave_up)
		return false;
	body = find_next(exec);
	if (!body && !boot_is_next(exec))
		return false;
	if (uf_stop_asked(exec->in.hooks)) {
		exec->stopped = true;
		return false;
	}
	if (body)
		write_body(exec);
	else
		write_boot(exec);
	return true;
}

void uf_exec_outcome(const struct uf_exec *exec, struct uf_exec_outcome *outcome)
{
	*outcome = (struct uf_exec_outcome){
		.touched = exec->io.touched,
		.boot = exec->boot.outcome,
		.stopped = exec->stopped,
		.written = exec->written,
		.verified = exec->verified,
	};
	for (uint32_t index = 0; index < exec->in.plan->ops; index++) {
		outcome->failed += is_failure((enum op_state)exec->record[index].state);
		outcome->retried += exec->record[index].attempts > 1;
	}
	if (outcome->failed)
		outcome->error = exec->error;
	else
		outcome->error = exec->sync_error;
}

enum uf_row_state uf_exec_row(const struct uf_exec *exec, unsigned row)
{
	enum uf_row_state found = UF_ROW_RIGHT;

	for (uint32_t index = 0; index < exec->in.plan->ops; index++) {
		enum op_state state = (enum op_state)exec->record[index].state;

		if (row_at(exec, index) != (int)row)
			continue;
		if (is_failure(state))
			return UF_ROW_WRONG;
		if (state != OP_VERIFIED)
			found = UF_ROW_OPEN;
	}
	return found;
}

uint32_t uf_exec_next_failure(const struct uf_exec *exec, uint32_t from,
			      struct uf_exec_failure *failure)
{
	uint32_t ops = exec->in.plan->ops;

	for (uint32_t index = from; index < ops; index++) {
		const struct op_record *record = &exec->record[index];

		if (!is_failure((enum op_state)record->state))
			continue;
		failure->block = op_at(exec, index)->block;
		failure->offset =
			(uint64_t)failure->block * exec->in.plan->target->geometry.erase_size +
			record->wrong;
		failure->result = (enum uf_block_result)record->result;
		return index;
	}
	return ops;
}

static void count_work(struct uf_exec *exec)
{
	for (uint32_t index = 0; index < exec->in.plan->ops; index++) {
		exec->row_ops[row_at(exec, index)]++;
		exec->work_total += uf_plan_op_us(exec->in.plan, op_at(exec, index));
	}
}

int uf_exec_begin(const struct uf_exec_input *input, struct uf_exec **exec, struct uf_error *err)
{
	struct uf_exec *made = calloc(1, sizeof(*made));

	if (!made)
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the run");
	made->in = *input;
	made->record = calloc(input->plan->ops + 1, sizeof(*made->record));
	made->list = calloc(input->plan->ops + UF_ANNOUNCE_MAX, sizeof(*made->list));
	if (!made->record || !made->list ||
	    block_io_init(&made->io, input->plan->target, input->image, input->dev,
			  input->prints) ||
	    boot_init(&made->boot, &made->io, input->plan)) {
		uf_exec_end(made);
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the run");
	}
	made->io.hooks = input->hooks;
	alias_begin(&made->alias, input->plan->target);
	count_work(made);
	*exec = made;
	return UF_OK;
}

void uf_exec_end(struct uf_exec *exec)
{
	if (!exec)
		return;
	boot_free(&exec->boot);
	block_io_free(&exec->io);
	free(exec->record);
	free(exec->list);
	free(exec);
}
