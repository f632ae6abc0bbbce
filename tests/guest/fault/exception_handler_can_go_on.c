/* A program's handler for exceptions sees vector and registers, changes them, and the program goes
 * on. */
#include "tests/guest/upcalls.h"

static volatile uint32_t vector, seen;

static void handler(struct utrapframe *utf)
{
	vector = utf->fault_va;
	seen++;
	if (vector == 0) {
		utf->ecx = 4;
	} else if (vector == 13) {
		utf->eip += 1;
	}
}

int main(void)
{
	uint32_t quotient = 100, remainder = 0, divisor = 0;

	CHECK(fault_set_exception_handler(handler) == NULL);
	asm volatile("divl %2" : "+a"(quotient), "+d"(remainder), "+c"(divisor));
	CHECK_EQ(seen, 1);
	CHECK_EQ(vector, 0);
	CHECK_EQ(quotient, 25);
	CHECK_EQ(remainder, 0);
	CHECK_EQ(divisor, 4);
	asm volatile("cli");
	CHECK_EQ(seen, 2);
	CHECK_EQ(vector, 13);
	asm volatile("int3");
	CHECK_EQ(seen, 3);
	CHECK_EQ(vector, 3);
	CHECK(fault_set_exception_handler(NULL) == handler);
	return 0;
}
