/* SPDX-License-Identifier: BSD-3-Clause */

/*
 * Prints what the installed EAL knows, as JSON: how many lcores it was built for, and its
 * options with their short and long names, whether each takes a value (0 no, 1 yes, 2 perhaps)
 * and may be repeated. A program of its own, which the build runs once.
 *
 * No function of EAL's tells that, and `--help` does not say which options take a value. But
 * EAL hands its table to a parser that another library has: getopt_long() of the C library, or
 * since DPDK 25.11 rte_argparse_parse(). What stands here is called in its place, by the first
 * thing that rte_eal_init() does, and ends the process: EAL has touched nothing by then.
 */

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_config.h>
#include <rte_eal.h>
#include <rte_version.h>

#define PARSES_WITH_ARGPARSE (RTE_VERSION >= RTE_VERSION_NUM(25, 11, 0, 0))

static const char *separator = "";

static void
print_option(const char *letter, const char *name, int takes, int many)
{
	printf("%s\n  [\"%s\", \"%s\", %d, %d]", separator, letter, name, takes, many);
	separator = ",";
}

static void
begin(void)
{
	printf("{ \"lcores\": %d, \"options\": [", RTE_MAX_LCORE);
}

static void __attribute__((noreturn))
end(void)
{
	printf("\n] }\n");
	exit(fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

#if PARSES_WITH_ARGPARSE

#include <rte_argparse.h>

int
rte_argparse_parse(const struct rte_argparse *obj, int argc, char **argv)
{
	const struct rte_argparse_arg *arg;

	(void)argc;
	(void)argv;
	begin();
	print_option("h", "help", 0, 0);
	for (arg = obj->args; arg->name_long != NULL; arg++)
		print_option(arg->name_short != NULL ? arg->name_short + 1 : "",
			arg->name_long + 2, (int)arg->value_required,
			(arg->flags & RTE_ARGPARSE_FLAG_SUPPORT_MULTI) != 0);
	end();
}

#else

int
getopt_long(int argc, char *const *argv, const char *letters, const struct option *options,
		int *index)
{
	const struct option *option;
	const char *at;

	(void)argc;
	(void)argv;
	(void)index;
	begin();
	for (option = options; option->name != NULL; option++) {
		char letter[2] = { (char)option->val, '\0' };
		int has = option->val > 0 && option->val < 128 && isalpha(option->val) &&
			strchr(letters, option->val) != NULL;

		print_option(has ? letter : "", option->name, option->has_arg, 1);
	}
	for (at = letters; *at != '\0'; at++) {
		char letter[2] = { *at, '\0' };

		if (!isalpha((unsigned char)*at))
			continue;
		for (option = options; option->name != NULL && option->val != *at; option++)
			;
		if (option->name == NULL)
			print_option(letter, "", (at[1] == ':') + (at[1] == ':' && at[2] == ':'), 1);
	}
	end();
}

#endif

int
main(void)
{
	char name[] = "eal_table";
	char *argv[] = { name, NULL };

	/* does not come back where EAL parses as expected */
	return rte_eal_init(1, argv) < 0 ? EXIT_FAILURE : EXIT_FAILURE;
}
