/* SPDX-License-Identifier: BSD-3-Clause */

#ifndef SHIM_BPF_H
#define SHIM_BPF_H

#include <stdbool.h>
#include <stdint.h>

struct rte_bpf;
struct rte_bpf_jit;
struct rte_bpf_prm;

/*
 * An instruction and a program of classic BPF, as libpcap and the kernel have them. libpcap's own
 * header may be missing on a machine that builds the shim.
 */
struct bpf_insn {
	uint16_t code;
	uint8_t jt; /* how many instructions a jump passes over, where its condition holds */
	uint8_t jf; /* and where not */
	uint32_t k;
};

struct bpf_program {
	unsigned int bf_len;
	struct bpf_insn *bf_insns;
};

/* Behind any packet. libpcap takes a load from there for a packet that does not match. */
#define BPF_FAR (1u << 30)

struct shim_filter {
	struct bpf_program program; /* libpcap's */
	struct rte_bpf *bpf;        /* NULL until it is loaded for bursts */
	uint64_t (*jit)(void *mbuf); /* NULL where it is interpreted */
};

/*
 * bpf_convert.c: the program for mbufs, with so many instructions at its end that do nothing.
 * prm->ins is the caller's to free(). 0 or -errno.
 */
int bpf_convert(const struct bpf_program *program, uint32_t padding, struct rte_bpf_prm *prm);

/* bpf_jit.c: whether the machine code of such a program is what it should be. */
bool bpf_jit_is_right(const struct rte_bpf_prm *prm, const struct rte_bpf_jit *jit);

#endif
