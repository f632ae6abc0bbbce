/* What only the first server may do is refused to a program, for itself and for
 * its envs: frames by number, interrupts, ports, and envs that may use the
 * reserve. */
#include "tests/guest/memory.h"

int main(void)
{
	envid_t env = bare_empty(64);
	static const uint32_t frames[] = {0, 0xB8, 0x100, 0x1000, 0xFEE00, 0xFFFFF, 0xFFFFFFFF};

	for (uint32_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		CHECK_EQ(sys_page_phys(0, AREA | PTE_W, frames[i], 1), E_PERM);
		CHECK_EQ(sys_page_phys(env, AREA, frames[i], 1), E_PERM);
		CHECK_EQ(entry_of(AREA), 0);
	}
	for (uint32_t irq = 0; irq < 20; irq++) {
		CHECK_EQ(sys_irq_bind(irq, 0), E_PERM);
		CHECK_EQ(sys_irq_bind(irq, env), E_PERM);
	}
	CHECK_EQ(sys_ports(0, 0x60, 1), E_PERM);
	CHECK_EQ(sys_ports(0, 0, 0x10000), E_PERM);
	CHECK_EQ(sys_ports(0, 0, 0), E_PERM);
	CHECK_EQ(sys_ports(env, 0xF4, 4), E_PERM);
	CHECK_EQ(sys_env_fork_server(0, 8), E_PERM);
	return 0;
}
