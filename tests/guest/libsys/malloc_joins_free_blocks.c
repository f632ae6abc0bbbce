/* Neighbours that are free become one block: what was freed piece by piece, in any order, can
 * be had again in one piece without more memory. */
#include "libsys/stdlib.h"
#include "tests/guest/check.h"

enum { PIECES = 64, PIECE = 1000 };

static void free_every(void *pieces[], int step)
{
	for (int start = 0; start < step; start++) {
		for (int i = start; i < PIECES; i += step) {
			free(pieces[i]);
		}
	}
}

int main(void)
{
	void *whole = malloc(PIECES * PIECE + 4096);
	void *brk;

	CHECK(whole != NULL);
	free(whole);
	brk = sbrk(0);
	for (int step = 1; step <= 5; step++) {
		void *pieces[PIECES];

		for (int i = 0; i < PIECES; i++) {
			pieces[i] = malloc(PIECE);
			CHECK(pieces[i] != NULL);
		}
		free_every(pieces, step);
		CHECK(malloc(0) != NULL); /* stays, so that the pieces move a little */
		whole = malloc(PIECES * PIECE);
		CHECK(whole != NULL);
		free(whole);
		CHECK(sbrk(0) == brk);
	}
	return 0;
}
