/* What debug.c prints, on the VGA text screen, too (optional): at start-up, after a panic, and when
 * root says so (an operand of SYS_DEBUG_WRITE). Else the screen is the console's, which scrolls by
 * a register of the display controller. */
#include "kernel/base/debug.h"
#include "kernel/base/hook.h"
#include "kernel/base/section.h"
#include "kernel/base/x86.h"

enum { CRTC_INDEX = 0x3D4, CRTC_DATA = 0x3D5, CRTC_START = 0x0C };

static bool shown;
static uint32_t screen_at; /* the next cell */

static void screen_put(char c)
{
	uint32_t at = screen_at;

	if (!shown) {
		return;
	}
	if (c == '\n') {
		at += SCREEN_COLUMNS - at % SCREEN_COLUMNS;
	} else if (c == '\r') {
		at -= at % SCREEN_COLUMNS;
	} else if (c == '\b') {
		at -= at > 0;
	} else {
		SCREEN[at++] = (SCREEN_BLANKS & 0xFF00) | (uint8_t)c;
	}
	if (at == SCREEN_CELLS) {
		at -= SCREEN_COLUMNS;
		copy_words(SCREEN, SCREEN + SCREEN_COLUMNS, at / 2);
		fill_words(SCREEN + at, SCREEN_BLANKS, SCREEN_COLUMNS / 2);
	}
	screen_at = at;
}

/* The register that says which cell is displayed first is set to 0. What it was. */
static uint32_t clear_start(void)
{
	uint32_t start = 0;

	for (uint32_t i = 0; i < 2; i++) {
		outb(CRTC_INDEX, CRTC_START + i);
		start = start << 8 | inb(CRTC_DATA);
		outb(CRTC_DATA, 0);
	}
	return start;
}

static void screen_show(bool on)
{
	if (on && !shown) {
		uint32_t start = clear_start();

		if (start < SCREEN_MEMORY - SCREEN_CELLS) {
			copy_words(SCREEN, SCREEN + start, SCREEN_CELLS / 2);
		}
		screen_at = SCREEN_CELLS - 1;
		while (screen_at > 0 && (uint8_t)SCREEN[screen_at] == ' ') {
			screen_at--;
		}
		shown = true;
		screen_put('\n');
	}
	shown = on;
}

static INIT void screen_offer(void)
{
	fill_words(SCREEN, SCREEN_BLANKS, SCREEN_CELLS / 2);
	shown = true;
	looks.screen_put = screen_put;
	looks.screen_show = screen_show;
}
LOOK_OFFERS(screen_offer);
