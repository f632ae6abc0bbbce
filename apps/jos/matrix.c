/* Multiplies vectors by a matrix in a grid of envs, after Hoare's "Communicating Sequential
 * Processes": numbers of the vector go east, sums go south, each cell adds its own product.
 *
 *                 0          0          0            zeros, from the north
 *                 v          v          v
 *      x[0] >  [0][0]  >  [0][1]  >  [0][2]
 *                 v          v          v
 *      x[1] >  [1][0]  >  [1][1]  >  [1][2]
 *                 v          v          v
 *      x[2] >  [2][0]  >  [2][1]  >  [2][2]
 *                 v          v          v
 *               y[0]       y[1]       y[2]           to the first env
 *
 * A cell takes what comes in any order, for the row may be ahead of the column by some vectors: what
 * has no partner yet waits in a queue. */
#include <inc/lib.h>

enum { N = 3, VECTORS = 5 };

static const int matrix[N][N] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
static const int vectors[VECTORS][N] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}, {3, -2, 7}};

struct queue {
	int values[VECTORS];
	int came, taken;
};

static void receive_into(struct queue queues[], const envid_t from[], int n)
{
	envid_t who;
	const int value = ipc_recv(&who, 0, 0);

	for (int i = 0; i < n; i++) {
		if (who == from[i]) {
			queues[i].values[queues[i].came++] = value;
			return;
		}
	}
	panic("a number from %08x, a stranger", who);
}

static int take(struct queue *queue)
{
	return queue->values[queue->taken++];
}

/* A cell. It learns its neighbours first: each tells it is their turn by a message from the first
 * env. east: 0 for the last of a row. */
static void cell(int coefficient, envid_t first)
{
	enum { NORTH, WEST };
	envid_t from[2], east, south;
	struct queue queues[2] = {{.came = 0}};

	from[NORTH] = ipc_recv(0, 0, 0);
	from[WEST] = ipc_recv(0, 0, 0);
	east = ipc_recv(0, 0, 0);
	south = ipc_recv(0, 0, 0);
	ipc_send(first, 0, 0, 0);
	for (int i = 0; i < VECTORS; i++) {
		int x, sum;

		while (queues[NORTH].came <= i || queues[WEST].came <= i) {
			receive_into(queues, from, 2);
		}
		x = take(&queues[WEST]);
		sum = take(&queues[NORTH]) + coefficient * x;
		if (east) {
			ipc_send(east, x, 0, 0);
		}
		ipc_send(south, sum, 0, 0);
	}
}

/* Feeds one row or column: `numbers` of every vector, or zeros. */
static void feeder(int row)
{
	const envid_t to = ipc_recv(0, 0, 0);

	for (int i = 0; i < VECTORS; i++) {
		ipc_send(to, row >= 0 ? vectors[i][row] : 0, 0, 0);
	}
}

/* Starts a cell (column >= 0), or the feeder of a row or column. */
static envid_t start(int row, int column, envid_t first)
{
	const envid_t child = fork();

	if (child < 0) {
		panic("fork: %e", child);
	}
	if (child > 0) {
		return child;
	}
	if (row >= 0 && column >= 0) {
		cell(matrix[row][column], first);
	} else {
		feeder(row);
	}
	exit();
	return 0;
}

void umain(int argc, char **argv)
{
	const envid_t me = sys_getenvid();
	envid_t grid[N + 1][N + 1]; /* column 0 and row 0 feed */
	struct queue results[N] = {{.came = 0}};

	for (int i = 1; i <= N; i++) {
		grid[i][0] = start(i - 1, -1, me);
		grid[0][i] = start(-1, i - 1, me);
		for (int j = 1; j <= N; j++) {
			grid[i][j] = start(i - 1, j - 1, me);
		}
	}
	for (int i = 1; i <= N; i++) {
		for (int j = 1; j <= N; j++) {
			ipc_send(grid[i][j], grid[i - 1][j], 0, 0);
			ipc_send(grid[i][j], grid[i][j - 1], 0, 0);
			ipc_send(grid[i][j], j < N ? grid[i][j + 1] : 0, 0, 0);
			ipc_send(grid[i][j], i < N ? grid[i + 1][j] : me, 0, 0);
			ipc_recv(0, 0, 0);
		}
	}
	for (int i = 1; i <= N; i++) {
		ipc_send(grid[i][0], grid[i][1], 0, 0);
		ipc_send(grid[0][i], grid[1][i], 0, 0);
	}
	for (int i = 0; i < VECTORS; i++) {
		while (results[0].came <= i || results[1].came <= i || results[2].came <= i) {
			receive_into(results, &grid[N][1], N);
		}
		cprintf("(%d %d %d) * matrix = (%d %d %d)\n", vectors[i][0], vectors[i][1],
		        vectors[i][2], take(&results[0]), take(&results[1]), take(&results[2]));
	}
}
