/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "uniflash/exec/exec.h"

#include "block.h"

#include <stdlib.h>

/* Where an operation stands. */
enum op_state {
	OP_TODO,
	OP_WRITTEN,  /* compared once */
	OP_VERIFIED, /* and compared again at the end */
	OP_FAILED,
};

struct op_record {
	uint8_t state;  /* enum op_state */
	uint8_t result; /* enum uf_block_result of the last attempt */
	bool retried;
	uint32_t wrong; /* where in the block the last attempt found a wrong byte */
};

/* A pass goes over all operations and takes those that it is for. */
enum pass_kind {
	PASS_WRITE,  /* those to do, and those that failed */
	PASS_VERIFY, /* those written */
};

struct pass {
	enum pass_kind kind;
	enum uf_phase phase; /* as which it is reported */
};

/* The second writing pass is for blocks that failed in the first; the last two are for blocks that
 * the final verification found wrong. */
static const struct pass passes[] = {
	{PASS_WRITE, UF_PHASE_WRITE},   {PASS_WRITE, UF_PHASE_WRITE},
	{PASS_VERIFY, UF_PHASE_VERIFY}, {PASS_WRITE, UF_PHASE_VERIFY},
	{PASS_VERIFY, UF_PHASE_VERIFY},
};

#define PASSES (sizeof(passes) / sizeof(passes[0]))

struct uf_exec {
	struct uf_exec_input in;
	struct block_io io;
	struct op_record *record;
	unsigned pass;
	uint32_t next; /* operation of the pass */
	bool stopped;
	uint32_t written;
	uint32_t verified;
	uint32_t row_ops[UF_PARTITIONS_MAX];
	uint32_t row_written[UF_PARTITIONS_MAX];
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

static void tell_progress(const struct uf_exec *exec, uint32_t index)
{
	uint32_t erase_size = exec->in.plan->target->geometry.erase_size;
	struct uf_event event = {.kind = UF_EVENT_PROGRESS, .plan = exec->in.plan};
	struct uf_progress_event *progress = &event.progress;
	int row = row_at(exec, index);
	bool writing = passes[exec->pass].phase == UF_PHASE_WRITE;

	progress->phase = passes[exec->pass].phase;
	progress->row = row;
	progress->done = (uint64_t)(writing ? exec->written : exec->verified) * erase_size;
	progress->total = (uint64_t)exec->in.plan->ops * erase_size;
	progress->row_done = writing ? exec->row_written[row] : exec->row_verified[row];
	progress->row_total = exec->row_ops[row];
	progress->work_done = exec->work_done;
	progress->work_total = exec->work_total;
	uf_emit(exec->in.hooks, &event);
}

static void tell_block(struct uf_exec *exec, uint32_t index, unsigned attempt,
		       enum uf_block_result result)
{
	struct uf_event event = {.kind = UF_EVENT_BLOCK, .plan = exec->in.plan};

	event.block.row = row_at(exec, index);
	event.block.offset =
		(uint64_t)op_at(exec, index)->block * exec->in.plan->target->geometry.erase_size;
	event.block.attempt = attempt;
	event.block.result = result;
	event.block.detail = result == UF_BLOCK_OK ? "" : exec->scratch.what;
	uf_emit(exec->in.hooks, &event);
}

static void enter_failure(struct uf_exec *exec, uint32_t index, enum uf_block_result result)
{
	struct op_record *record = &exec->record[index];

	record->state = OP_FAILED;
	record->result = (uint8_t)result;
	record->wrong = exec->io.wrong;
	if (exec->error.code == UF_OK)
		exec->error = exec->scratch;
}

static void enter_written(struct uf_exec *exec, uint32_t index)
{
	struct op_record *record = &exec->record[index];

	record->state = OP_WRITTEN;
	record->result = UF_BLOCK_OK;
	/* Blocks that the verification sent back have been counted already. */
	if (passes[exec->pass].phase != UF_PHASE_WRITE)
		return;
	exec->written++;
	exec->row_written[row_at(exec, index)]++;
	exec->work_done += uf_plan_op_us(exec->in.plan, op_at(exec, index)) - verify_us(exec);
}

static void write_op(struct uf_exec *exec, uint32_t index)
{
	struct op_record *record = &exec->record[index];
	enum uf_block_result result = UF_BLOCK_OK;

	for (unsigned attempt = 1; attempt <= UF_BLOCK_TRIES; attempt++) {
		if (attempt > 1 || record->state == OP_FAILED)
			record->retried = true;
		result = block_write(&exec->io, op_at(exec, index)->block, &exec->scratch);
		tell_block(exec, index, attempt, result);
		if (result == UF_BLOCK_OK)
			break;
	}
	if (result == UF_BLOCK_OK)
		enter_written(exec, index);
	else
		enter_failure(exec, index, result);
}

static void verify_op(struct uf_exec *exec, uint32_t index)
{
	enum uf_block_result result =
		block_verify(&exec->io, op_at(exec, index)->block, &exec->scratch);

	if (result != UF_BLOCK_OK) {
		tell_block(exec, index, 1, result);
		enter_failure(exec, index, result);
		return;
	}
	exec->record[index].state = OP_VERIFIED;
	exec->verified++;
	exec->row_verified[row_at(exec, index)]++;
	exec->work_done += verify_us(exec);
}

static bool pass_takes(const struct uf_exec *exec, uint32_t index)
{
	enum op_state state = (enum op_state)exec->record[index].state;

	if (passes[exec->pass].kind == PASS_VERIFY)
		return state == OP_WRITTEN;
	return state == OP_TODO || state == OP_FAILED;
}

/* The medium must have it before it is read back. */
static void end_pass(struct uf_exec *exec)
{
	if (passes[exec->pass].kind == PASS_WRITE && exec->io.touched)
		uf_device_sync(exec->in.dev, &exec->sync_error);
	exec->pass++;
	exec->next = 0;
}

/* Move on to the next operation of a pass that takes it; false at the end of the last pass. */
static bool find_next(struct uf_exec *exec)
{
	while (exec->pass < PASSES) {
		for (; exec->next < exec->in.plan->ops; exec->next++)
			if (pass_takes(exec, exec->next))
				return true;
		end_pass(exec);
	}
	return false;
}

bool uf_exec_step(struct uf_exec *exec)
{
	uint32_t index;

	if (exec->stopped || !find_next(exec))
		return false;
	if (uf_stop_asked(exec->in.hooks)) {
		exec->stopped = true;
		return false;
	}
	index = exec->next++;
	if (passes[exec->pass].kind == PASS_WRITE)
		write_op(exec, index);
	else
		verify_op(exec, index);
	tell_progress(exec, index);
	return true;
}

void uf_exec_outcome(const struct uf_exec *exec, struct uf_exec_outcome *outcome)
{
	*outcome = (struct uf_exec_outcome){
		.touched = exec->io.touched,
		.stopped = exec->stopped,
		.written = exec->written,
		.verified = exec->verified,
	};
	for (uint32_t index = 0; index < exec->in.plan->ops; index++) {
		outcome->failed += exec->record[index].state == OP_FAILED;
		outcome->retried += exec->record[index].retried;
	}
	if (outcome->failed)
		outcome->error = exec->error;
	else
		outcome->error = exec->sync_error;
}

uint32_t uf_exec_next_failure(const struct uf_exec *exec, uint32_t from,
			      struct uf_exec_failure *failure)
{
	uint32_t ops = exec->in.plan->ops;

	for (uint32_t index = from; index < ops; index++) {
		const struct op_record *record = &exec->record[index];

		if (record->state != OP_FAILED)
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
	if (!made->record ||
	    block_io_init(&made->io, input->plan->target, input->image, input->dev, input->hash)) {
		uf_exec_end(made);
		return uf_fail(err, UF_ERR_MEMORY, "no memory for the run");
	}
	count_work(made);
	*exec = made;
	return UF_OK;
}

void uf_exec_end(struct uf_exec *exec)
{
	if (!exec)
		return;
	block_io_free(&exec->io);
	free(exec->record);
	free(exec);
}
