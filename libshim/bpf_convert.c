/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * rte_bpf_convert(), and what it gets wrong. Read against DPDK 22.11 to 26.07, each of which
 *
 *   - takes the accumulator where a load by index says X, so that `udp port 53` compares two bytes
 *     from anywhere in the packet;
 *   - lets such a load wrap around at 4 GiB: rte_pktmbuf_read() then finds it inside the packet,
 *     and reads 4 GiB behind it. libpcap takes it for a packet that does not match;
 *   - leaves a shift by 32 and more to the CPU. libpcap shifts everything out.
 *
 * And its compiler for x86
 *
 *   - writes one byte for the bits of a jump if one of them is set, where the CPU reads four
 *     (emit_tst_imm): the code behind it is another one then, and crashes;
 *   - takes the short form for a jump back over 127 or 128 bytes, which reaches 126 (emit_abs_jcc):
 *     it ends somewhere in the code ahead. All its jumps back are to the program's first exit.
 *
 * So the program is written anew: the loads get their register, the bits come from a register, a
 * check goes in front of what needs one, and the only exit is the last instruction. What else may
 * come of its compiler is looked at afterwards: bpf_jit.c.
 */

#include <errno.h>

#include "bpf.h"
#include "shim.h"

#ifndef SHIM_NO_DRIVERS

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bpf.h>
#include <rte_common.h>
#include <rte_errno.h>
#include <rte_malloc.h>

/* Where rte_bpf_convert() keeps classic BPF's registers. */
enum { CONVERT_A = EBPF_REG_0, CONVERT_X = EBPF_REG_7, CONVERT_TMP = EBPF_REG_8 };

/* Most instructions that one becomes. */
enum { CONVERT_MOST = 4 };

/* Most instructions that rte_bpf_convert() takes. */
enum { CONVERT_INSNS = 4096 };

/* Whether X can be more than the length of a header. */
static bool
convert_x_is_wild(const struct bpf_program *program)
{
	uint32_t i;

	for (i = 0; i < program->bf_len; i++) {
		const struct bpf_insn *insn = &program->bf_insns[i];

		switch (insn->code) {
		case BPF_MISC: /* BPF_TAX */
		case BPF_LDX | BPF_MEM:
		case BPF_LDX | BPF_W | BPF_LEN:
			return true;
		case BPF_LDX | BPF_IMM:
			if (insn->k > BPF_FAR)
				return true;
		}
	}
	return false;
}

/* Whether a jump leads back, as with `ip6 protochain`. */
static bool
convert_has_loop(const struct bpf_program *program)
{
	uint32_t i;

	for (i = 0; i < program->bf_len; i++)
		if (program->bf_insns[i].code == (BPF_JMP | BPF_JA) &&
				program->bf_insns[i].k > INT32_MAX)
			return true;
	return false;
}

/* One instruction as it must be, with its check before it; how many these are. */
static uint32_t
convert_insn(struct ebpf_insn insn, bool wild, struct ebpf_insn out[CONVERT_MOST])
{
	const struct ebpf_insn zero = {
		.code = BPF_ALU | EBPF_MOV | BPF_K, .dst_reg = CONVERT_A,
	};
	uint32_t n = 0;

	switch (insn.code) {
	case BPF_LD | BPF_IND | BPF_B:
	case BPF_LD | BPF_IND | BPF_H:
	case BPF_LD | BPF_IND | BPF_W:
		insn.src_reg = CONVERT_X;
		if (!wild)
			break;
		out[n++] = (struct ebpf_insn){
			.code = BPF_JMP | EBPF_JLE | BPF_K, .dst_reg = CONVERT_X,
			.off = 2, .imm = BPF_FAR,
		};
		out[n++] = zero;
		out[n++] = (struct ebpf_insn){ .code = BPF_JMP | EBPF_EXIT };
		break;
	case BPF_ALU | BPF_LSH | BPF_X:
	case BPF_ALU | BPF_RSH | BPF_X:
		out[n++] = (struct ebpf_insn){
			.code = BPF_JMP | EBPF_JLT | BPF_K, .dst_reg = CONVERT_X,
			.off = 2, .imm = 32,
		};
		out[n++] = zero;
		/* to the shift, which leaves 0 as it is: see bpf_jit.c */
		out[n++] = (struct ebpf_insn){ .code = BPF_JMP | BPF_JA, .off = 0 };
		break;
	case BPF_JMP | BPF_JSET | BPF_K:
		out[n++] = (struct ebpf_insn){
			.code = BPF_ALU | EBPF_MOV | BPF_K, .dst_reg = CONVERT_TMP,
			.imm = insn.imm,
		};
		insn.code = BPF_JMP | BPF_JSET | BPF_X;
		insn.src_reg = CONVERT_TMP;
		insn.imm = 0;
		break;
	}
	out[n++] = insn;
	return n;
}

static bool
convert_jumps(const struct ebpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_JMP && BPF_OP(insn->code) != EBPF_EXIT;
}

static bool
convert_exits(const struct ebpf_insn *insn)
{
	return insn->code == (BPF_JMP | EBPF_EXIT);
}

/* A jump to the next instruction stands before each to which one leads: bpf_jit.c relies on it. */
static uint32_t
convert_landing(const struct ebpf_insn *before, struct ebpf_insn *out)
{
	if (convert_jumps(before) || convert_exits(before))
		return 0;
	*out = (struct ebpf_insn){ .code = BPF_JMP | BPF_JA };
	return 1;
}

/*
 * The whole program as it must be, with so many jumps to the next instruction before its exit; NULL
 * where there is no memory.
 */
static struct ebpf_insn *
convert_anew(const struct ebpf_insn *ins, uint32_t n, bool wild, uint32_t padding, uint32_t *len)
{
	/* where each instruction begins, its check included, and whether a jump leads to it */
	uint32_t *starts = calloc(n + 1, sizeof(*starts));
	bool *led_to = calloc(n, sizeof(*led_to));
	struct ebpf_insn *anew = calloc(n + 1 + padding, (CONVERT_MOST + 1) * sizeof(*anew));
	uint32_t i, at = 0;

	if (starts == NULL || led_to == NULL || anew == NULL) {
		free(anew);
		anew = NULL;
		goto end;
	}
	for (i = 0; i < n; i++)
		if (convert_jumps(&ins[i]))
			led_to[i + 1 + ins[i].off] = true;
	for (i = 0; i < n; i++) {
		if (led_to[i])
			at += convert_landing(&ins[i - 1], &anew[at]);
		starts[i] = at;
		at += convert_insn(ins[i], wild, &anew[at]);
		/* its jump is the last that it becomes */
		starts[i + 1] = at;
	}
	for (i = 0; i < n; i++)
		if (convert_jumps(&ins[i]))
			anew[starts[i + 1] - 1].off =
				(int16_t)(starts[i + 1 + ins[i].off] - starts[i + 1]);
	/* every exit is a jump to the last one, by way of the padding */
	for (i = 0; i < at; i++)
		if (convert_exits(&anew[i]))
			anew[i] = (struct ebpf_insn){
				.code = BPF_JMP | BPF_JA, .off = (int16_t)(at - 1 - i),
			};
	for (i = 0; i < padding; i++)
		anew[at++].code = BPF_JMP | BPF_JA;
	anew[at].code = BPF_JMP | EBPF_EXIT;
	*len = at + 1;
end:
	free(led_to);
	free(starts);
	return anew;
}

/* -E2BIG and -ELOOP: rte_bpf takes no such program. -ENOTSUP: this DPDK converts none. */
int
bpf_convert(const struct bpf_program *program, uint32_t padding, struct rte_bpf_prm *prm)
{
#ifdef RTE_HAS_LIBPCAP
	struct rte_bpf_prm *converted;

	if (program->bf_len > CONVERT_INSNS)
		return -E2BIG;
	if (convert_has_loop(program))
		return -ELOOP;
	converted = rte_bpf_convert(program);
	if (converted == NULL)
		return -rte_errno;
	*prm = *converted;
	prm->ins = convert_anew(converted->ins, converted->nb_ins, convert_x_is_wild(program),
			padding, &prm->nb_ins);
	rte_free(converted);
	if (prm->ins == NULL)
		return -ENOMEM;
	/* as far as a jump reaches */
	if (prm->nb_ins <= INT16_MAX)
		return 0;
	free((void *)(uintptr_t)prm->ins);
	return -E2BIG;
#else
	(void)program;
	(void)padding;
	(void)prm;
	return -ENOTSUP;
#endif
}

#endif
