/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Whether the jumps of machine code lead where those of its program do.
 *
 * rte_bpf's compiler for x86 lays its code out again and again until it does not get shorter, since
 * a jump over less than 128 bytes is a shorter one, and takes an equal length for an equal layout.
 * But a jump can get longer too, while another one gets shorter: then jumps lead into the middle of
 * instructions, and the first packet ends the process. Seen with one in two hundred random expressions;
 * read in DPDK 22.11 to 26.07. Code in which a jump does not lead to its place is not run.
 *
 * What is relied on, and bpf_convert() sees to it: wherever a jump of the program leads to, a jump
 * stands before it. So all places are known from the jumps alone, in their order, and of the
 * instructions between them only the lengths must be known.
 */

#include "bpf.h"
#include "shim.h"

#ifndef SHIM_NO_DRIVERS

#include <stdlib.h>
#include <string.h>

#include <rte_bpf.h>

#ifdef RTE_ARCH_X86_64

/* Machine code, and how far it was read. */
struct jit_code {
	const uint8_t *code;
	uint32_t size;
	uint32_t at;
};

/* A jump in it. */
struct jit_jump {
	bool always;
	uint32_t end;    /* where the next instruction begins */
	uint32_t target;
};

/* Bytes of an operand in memory or a register, from the byte on that says which it is. */
static uint32_t
jit_operand(const uint8_t *modrm)
{
	const uint8_t mode = modrm[0] >> 6, base = modrm[0] & 7;
	const uint32_t sib = mode != 3 && base == 4 ? 1 : 0;

	switch (mode) {
	case 0:
		return 1 + sib + (base == 5 || (sib && (modrm[1] & 7) == 5) ? 4 : 0);
	case 1:
		return 1 + sib + 1;
	case 2:
		return 1 + sib + 4;
	}
	return 1;
}

/*
 * Bytes of an instruction without prefixes; 0 where it is none that the compiler makes. `wide`: it
 * is about 64 bits.
 */
static uint32_t
jit_length(const uint8_t *op, bool wide)
{
	switch (op[0]) {
	case 0x01: case 0x09: case 0x21: case 0x29: case 0x31: case 0x39: /* add to cmp */
	case 0x85: case 0x87: case 0x88: case 0x89: case 0x8b:  /* test, xchg, mov */
	case 0xd1: case 0xd3: /* shifts */
	case 0xff: /* call */
		return 1 + jit_operand(&op[1]);
	case 0x83: case 0xc1: case 0xc6: /* with a byte */
		return 1 + jit_operand(&op[1]) + 1;
	case 0x81: case 0xc7:
		return 1 + jit_operand(&op[1]) + 4;
	case 0xf7: /* test with a number; not, neg, mul, div */
		return 1 + jit_operand(&op[1]) + ((op[1] >> 3 & 7) == 0 ? 4 : 0);
	case 0xc3: /* ret */
		return 1;
	case 0x0f:
		if ((op[1] & 0xf8) == 0xc8) /* bswap */
			return 2;
		if ((op[1] & 0xf0) == 0x40 || op[1] == 0xb6 || op[1] == 0xb7) /* cmov, movz */
			return 2 + jit_operand(&op[2]);
		return 0;
	}
	if ((op[0] & 0xf8) == 0xb8) /* mov of a number */
		return 1 + (wide ? 8 : 4);
	return 0;
}

/* The jump that `op` is, of so many bytes; 0 where it is none. */
static uint32_t
jit_jump_length(const uint8_t *op, bool *always, int32_t *distance)
{
	const bool near = op[0] == 0x0f && (op[1] & 0xf0) == 0x80;

	*always = op[0] == 0xeb || op[0] == 0xe9;
	if (op[0] == 0xeb || (op[0] & 0xf0) == 0x70) {
		*distance = (int8_t)op[1];
		return 2;
	}
	if (op[0] != 0xe9 && !near)
		return 0;
	memcpy(distance, &op[near ? 2 : 1], sizeof(*distance));
	return near ? 6 : 5;
}

/* Reads up to the next jump; false where there is none, or something unknown before it. */
static bool
jit_next(struct jit_code *code, struct jit_jump *jump)
{
	enum { LONGEST = 16 };

	while (code->at < code->size) {
		uint8_t bytes[LONGEST] = { 0 };
		uint32_t at = 0, length;
		int32_t distance = 0;
		bool wide = false;

		memcpy(bytes, &code->code[code->at],
				RTE_MIN(code->size - code->at, (uint32_t)LONGEST));
		if (bytes[at] == 0x66)
			at++;
		if ((bytes[at] & 0xf0) == 0x40)
			wide = (bytes[at++] & 8) != 0;
		length = jit_jump_length(&bytes[at], &jump->always, &distance);
		if (length != 0) {
			code->at += at + length;
			jump->end = code->at;
			jump->target = code->at + (uint32_t)distance;
			return true;
		}
		length = jit_length(&bytes[at], wide);
		if (length == 0)
			return false;
		code->at += at + length;
	}
	return false;
}

/* What an instruction of the program becomes, as far as jumps go. */
enum jit_kind { JIT_PLAIN, JIT_LOAD, JIT_DIVIDE, JIT_JUMP };

static enum jit_kind
jit_kind_of(const struct ebpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		return BPF_MODE(insn->code) == BPF_IMM ? JIT_PLAIN : JIT_LOAD;
	case BPF_JMP:
		return BPF_OP(insn->code) == EBPF_EXIT ? JIT_PLAIN : JIT_JUMP;
	case BPF_ALU:
		if (BPF_SRC(insn->code) == BPF_X && (BPF_OP(insn->code) == BPF_DIV ||
				BPF_OP(insn->code) == BPF_MOD))
			return JIT_DIVIDE;
	}
	return JIT_PLAIN;
}

/* A jump of the code, and the instruction of the program that it must lead to. */
struct jit_claim {
	uint32_t target;
	uint32_t insn;
};

/* Reads the jumps that an instruction became; how many lead to others, or -1. */
static int
jit_read(struct jit_code *code, const struct ebpf_insn *insn, uint32_t exit, uint32_t next,
		struct jit_claim *claim, uint32_t *end)
{
	struct jit_jump slow, fast, jump;

	switch (jit_kind_of(insn)) {
	case JIT_PLAIN:
		return 0;
	case JIT_LOAD:
		/* to the slow path, over it, and out where the packet ends before */
		if (!jit_next(code, &slow) || !jit_next(code, &fast) || slow.always ||
				!fast.always || slow.target != fast.end ||
				!jit_next(code, &jump) || jump.always || fast.target != jump.end)
			return -1;
		*claim = (struct jit_claim){ jump.target, exit };
		return 1;
	case JIT_DIVIDE:
		if (!jit_next(code, &jump) || jump.always)
			return -1;
		*claim = (struct jit_claim){ jump.target, exit };
		return 1;
	case JIT_JUMP:
		if (!jit_next(code, &jump) || jump.always != (BPF_OP(insn->code) == BPF_JA))
			return -1;
		*claim = (struct jit_claim){ jump.target, next + (uint32_t)insn->off };
		*end = jump.end;
		return 1;
	}
	return -1;
}

/* The only exit of the program is its last instruction. */
bool
bpf_jit_is_right(const struct rte_bpf_prm *prm, const struct rte_bpf_jit *jit)
{
	struct jit_code code = { .code = (const uint8_t *)(uintptr_t)jit->func,
		.size = (uint32_t)jit->sz };
	const uint32_t n = prm->nb_ins;
	/* where instructions begin that follow a jump; 0 is not known */
	uint32_t *starts = calloc(n + 1, sizeof(*starts));
	struct jit_claim *claims = calloc(n, sizeof(*claims));
	uint32_t i, n_claims = 0;
	struct jit_jump none;
	bool right = starts != NULL && claims != NULL;

	for (i = 0; right && i < n; i++) {
		const int claimed = jit_read(&code, &prm->ins[i], n - 1, i + 1,
				&claims[n_claims], &starts[i + 1]);

		right = claimed >= 0;
		n_claims += claimed > 0;
	}
	/* no more jumps, and nothing behind the exit */
	right = right && !jit_next(&code, &none) && code.at == code.size;
	for (i = 0; right && i < n_claims; i++)
		right = claims[i].insn < n && claims[i].target != 0 &&
			claims[i].target == starts[claims[i].insn];
	free(starts);
	free(claims);
	return right;
}

#else

/* All instructions of arm64 have the same length. */
bool
bpf_jit_is_right(const struct rte_bpf_prm *prm, const struct rte_bpf_jit *jit)
{
	(void)prm;
	(void)jit;
	return true;
}

#endif

#endif
