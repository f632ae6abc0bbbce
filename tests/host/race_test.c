/* The race explorer's worlds, and its command line:
 *
 *     race_test [--deviations N] [--ticks N] [--random EXECUTIONS] [--world NAME] [--list]
 *
 * Without options: every way with two deviations, which takes minutes. race.h says what is held. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/host/race_world.h"

/* Actor 0 controls the others. Scripts end with DONE, which is 0. */
static const struct scenario scenarios[] = {
	{.name = "call",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{SERVE}}, {{CALL, 0}, {CALL, 0}}, {{CALL, 0}, {CALL, 0, 0, GATE_INT}}}},
	{.name = "kill_client",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{DESTROY, 1}, {RECEIVE}, {NOTIFY, 2}, {DONE}},
                     {{CALL, 2}, {SEND, 2}, {CALL, 2}},
                     {{NOTIFY, 0}, {SERVE}}}},
	{.name = "kill_server",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{YIELD}, {DESTROY, 2}}, {{CALL, 2}, {CALL, 2}}, {{SERVE}}}},
	{.name = "stop_and_start",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{STOP, 1}, {REGS, 1}, {START, 1}, {STOP, 2}, {START, 2}},
                     {{CALL, 2}, {CALL, 2, 0, GATE_INT}},
                     {{SERVE}}}},
	{.name = "bits",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{AWAIT, 0, 7}},
                     {{NOTIFY, 0, 0}, {NOTIFY, 0, 1}},
                     {{NOTIFY, 0, 2}, {SEND, 1, 0, IPC_SEND_NOWAIT}}}},
	{.name = "senders",
         .cpus = 2,
         .actors = 4,
         .scripts = {{{LISTEN, 2}, {RECEIVE}, {RECEIVE}, {RECEIVE}},
                     {{SEND, 0}, {SEND, 0}},
                     {{SEND, 0}},
                     {{SEND, 0}}}},
	{.name = "time_outs",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{CALCULATE, 0, 2}, {RECEIVE, 0, 1000, IPC_RECV_TIMEOUT}, {SLEEP, 0, 100}},
                     {{SEND, 0, 1000, IPC_SEND_TIMEOUT}, {SLEEP, 0, 9000}},
                     {{CALL, 0, 100, IPC_SEND_TIMEOUT | IPC_RECV_TIMEOUT}}}},
	{.name = "in_time",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{RECEIVE, 0, 20000, IPC_RECV_TIMEOUT},
                      {RECEIVE, 0, 20000, IPC_RECV_TIMEOUT},
                      {CALCULATE, 0, 2}},
                     {{SEND, 0, 20000, IPC_SEND_TIMEOUT}},
                     {{SEND, 0}}}},
	{.name = "late_answer",
         .cpus = 2,
         .actors = 2,
         .scripts = {{{RECEIVE}, {CALCULATE, 0, 2}, {ANSWER}},
                     {{CALL, 0, 1000, IPC_RECV_TIMEOUT}, {RECEIVE, 0, 20000, IPC_RECV_TIMEOUT}}}},
	{.name = "late_bits",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{CALCULATE, 0, 3}, {AWAIT, 0, 1}},
                     {{SEND, 0, 1000, IPC_SEND_TIMEOUT}},
                     {{YIELD}, {NOTIFY, 0, 0}}}},
	{.name = "fork_and_kill",
         .cpus = 2,
         .actors = 2,
         .scripts =
                 {{{FORK, 2, 2}, {START, 2}, {DESTROY, 1}, {DESTROY, 2}, {FORK, 3, 2}, {START, 3}},
                  {{SEND, 2, 0, IPC_SEND_NOWAIT}, {SEND, 2, 0, IPC_SEND_NOWAIT}, {SEND, 2}},
                  {{RECEIVE, 0, 1000, IPC_RECV_TIMEOUT}}}},
	{.name = "unmap",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{UNMAP, 1}, {UNMAP, 2}, {DESTROY, 2}, {UNMAP, 1}},
                     {{CALL, 2}, {YIELD}, {YIELD}},
                     {{SERVE}}}},
	{.name = "faults",
         .cpus = 2,
         .actors = 3,
         .paths = 6,
         .scripts = {{{SERVE}}, {{FAULT}, {CALL, 0}, {FAULT}}, {{FAULT}, {FAULT}}}},
	{.name = "new_pager",
         .cpus = 2,
         .actors = 4,
         .paths = 4,
         .scripts = {{{PAGER, 2, 1}, {DESTROY, 1}, {PAGER, 2, 3}},
                     {{SERVE}},
                     {{FAULT}, {FAULT}},
                     {{SERVE}}}},
	{.name = "fault_ring",
         .cpus = 2,
         .actors = 3,
         .fault_us = 20000,
         .slow = true,
         .scripts = {{{CALL, 1, 20000, IPC_FAULT_CALL}, {CALCULATE, 0, 2}},
                     {{CALL, 2, 20000, IPC_FAULT_CALL}, {CALCULATE, 0, 2}},
                     {{CALL, 0, 20000, IPC_FAULT_CALL}}}},
	{.name = "turns",
         .cpus = 2,
         .actors = 4,
         .scripts = {{{WEIGHT, 1, 4}, {CALCULATE, 0, 2}, {YIELD}},
                     {{CALCULATE, 0, 5}},
                     {{YIELD_TO, 1}, {CALCULATE, 0, 1}, {YIELD_TO, 3}},
                     {{CALCULATE, 0, 1}, {YIELD}}}},
	{.name = "kill_who_calculates",
         .cpus = 2,
         .actors = 3,
         .scripts = {{{CALCULATE, 0, 1}, {STOP, 1}, {DESTROY, 1}, {START, 2}},
                     {{CALCULATE, 0, 9}},
                     {{CALCULATE, 0, 1}, {SEND, 1}}}},
	{.name = "publish",
         .cpus = 2,
         .actors = 3,
         .publishes = true,
         .scripts = {{{RECEIVE, 0, 0, IPC_PUBLISH}, {RECEIVE, 0, 0, IPC_PUBLISH}},
                     {{SEND, 0}, {YIELD}},
                     {{SEND, 0}}}},
	{.name = "three_call",
         .cpus = 3,
         .actors = 4,
         .scripts = {{{SERVE}}, {{CALL, 0}, {CALL, 0}}, {{CALL, 0}}, {{CALL, 0}, {YIELD}}}},
	{.name = "three_kill",
         .cpus = 3,
         .actors = 4,
         .scripts = {{{DESTROY, 2}, {STOP, 3}, {START, 3}, {DESTROY, 1}},
                     {{CALL, 2}, {SEND, 3}},
                     {{CALL, 3}, {SERVE}},
                     {{SERVE}}}},
	{.name = "three_bits",
         .cpus = 3,
         .actors = 4,
         .scripts = {{{AWAIT, 0, 7}}, {{NOTIFY, 0, 0}}, {{NOTIFY, 0, 1}}, {{NOTIFY, 0, 2}}}},
	{.name = "three_unmap",
         .cpus = 3,
         .actors = 4,
         .scripts = {{{UNMAP, 1}, {UNMAP, 2}, {UNMAP, 3}},
                     {{YIELD}, {CALL, 2}},
                     {{SERVE}},
                     {{YIELD}}}},
};

enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* In a process of its own: it starts from fresh static data. True: all held. */
static bool explore(const struct scenario *scenario, const struct race_bounds *bounds)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		double since = seconds();
		uint64_t n;

		world_start(scenario);
		n = race_explore(bounds);
		printf("passed %s: %llu executions in %.1f s\n", scenario->name,
		       (unsigned long long)n, seconds() - since);
		fflush(stdout);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
		printf("FAILED %s (wait status 0x%x)\n", scenario->name, status);
		return false;
	}
	return true;
}

static uint32_t number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || end == text || value > 1000000000) {
		fprintf(stderr, "race_test: %s is not a number from 0 to 1000000000\n", text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"deviations", required_argument, NULL, 'd'},
	                                        {"ticks", required_argument, NULL, 't'},
	                                        {"random", required_argument, NULL, 'r'},
	                                        {"world", required_argument, NULL, 'w'},
	                                        {"list", no_argument, NULL, 'l'},
	                                        {NULL, 0, NULL, 0}};
	struct race_bounds bounds = {.deviations = 2, .ticks = 1};
	const char *only = NULL;
	int failed = 0, ran = 0, option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'd': bounds.deviations = number(optarg); break;
		case 't': bounds.ticks = number(optarg); break;
		case 'r': bounds.random = number(optarg); break;
		case 'w': only = optarg; break;
		case 'l':
			for (int i = 0; i < SCENARIOS; i++) {
				printf("%s\n", scenarios[i].name);
			}
			return 0;
		default: return 2;
		}
	}
	for (int i = 0; i < SCENARIOS; i++) {
		bool wanted = !scenarios[i].slow || (bounds.deviations > 1 && !bounds.random);

		if (only ? strcmp(only, scenarios[i].name) == 0 : wanted) {
			failed += !explore(&scenarios[i], &bounds);
			ran++;
		}
	}
	if (!ran) {
		fprintf(stderr, "race_test: no world is named %s; see --list\n", only);
		return 2;
	}
	return failed ? 1 : 0;
}
