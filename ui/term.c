/* SPDX-License-Identifier: Apache-2.0 */
/* term: the terminal, through ncurses. */
#define NCURSES_WIDECHAR 1
#include "ui/term.h"

#include <curses.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "ui/widget/keys.h"

enum { ESCAPE_DELAY_MS = 25 };

static bool ascii_only, colours;
static SCREEN *terminal;

static const struct {
	int curses, key;
} special[] = {
	{ KEY_UP, UK_UP }, { KEY_DOWN, UK_DOWN }, { KEY_LEFT, UK_LEFT }, { KEY_RIGHT, UK_RIGHT }, { KEY_PPAGE, UK_PGUP },
	{ KEY_NPAGE, UK_PGDN }, { KEY_HOME, UK_HOME }, { KEY_END, UK_END }, { KEY_BACKSPACE, UK_BACKSPACE },
	{ KEY_DC, UK_DELETE }, { KEY_F(1), UK_F1 }, { KEY_F(5), UK_F5 }, { KEY_F(10), UK_F10 }, { KEY_BTAB, UK_BACKTAB },
	{ KEY_ENTER, '\n' },
};

/* Meaning -> look. Without colours the attributes alone tell the styles apart. */
static const struct {
	short front, back;
	attr_t colour, mono;
} looks[STYLE_COUNT] = {
	[STYLE_NORMAL] = { -1, -1, A_NORMAL, A_NORMAL },
	[STYLE_BAR] = { COLOR_WHITE, COLOR_BLUE, A_NORMAL, A_REVERSE },
	[STYLE_BAR_ON] = { COLOR_YELLOW, COLOR_BLUE, A_BOLD, A_REVERSE | A_BOLD },
	[STYLE_HEAD] = { COLOR_CYAN, -1, A_BOLD, A_BOLD },
	[STYLE_CURSOR] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
	[STYLE_MARKED] = { COLOR_YELLOW, -1, A_BOLD, A_UNDERLINE },
	[STYLE_DIM] = { -1, -1, A_DIM, A_DIM },
	[STYLE_GOOD] = { COLOR_GREEN, -1, A_NORMAL, A_NORMAL },
	[STYLE_WARN] = { COLOR_YELLOW, -1, A_NORMAL, A_BOLD },
	[STYLE_BAD] = { COLOR_RED, -1, A_BOLD, A_BOLD | A_UNDERLINE },
};

static void
start_colours(void)
{
	(void)start_color();
	(void)use_default_colors();
	for (short i = 0; i < STYLE_COUNT; i++)
		(void)init_pair((short)(i + 1), looks[i].front, looks[i].back);
}

/* Ctrl-S saves; to the terminal it would mean: stop writing. */
static void
let_ctrl_s_through(void)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t) < 0)
		return;
	t.c_iflag &= ~(tcflag_t)IXON;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &t);
	(void)def_prog_mode();
}

int
term_start(bool mono, struct err *e)
{
	const char *no_color = getenv("NO_COLOR");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_SYSTEM, "the console needs a terminal; for scripts there is musterctl");
	ascii_only = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	terminal = newterm(NULL, stdout, stdin);
	if (terminal == NULL)
		return err_set(e, ERR_SYSTEM, "terminal type \"%s\" is not known here: set TERM", getenv("TERM") == NULL ? "" : getenv("TERM"));
	(void)set_escdelay(ESCAPE_DELAY_MS);
	(void)cbreak();
	(void)noecho();
	let_ctrl_s_through();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)curs_set(0);
	colours = !mono && (no_color == NULL || no_color[0] == '\0') && has_colors();
	if (colours)
		start_colours();
	return 0;
}

void
term_stop(void)
{
	if (terminal == NULL)
		return;
	(void)endwin();
	delscreen(terminal);
	terminal = NULL;
}

int
term_key(void)
{
	wint_t ch;
	int rc = get_wch(&ch);

	if (rc == ERR)
		return KEY_NONE_;
	if (rc == KEY_CODE_YES) {
		for (size_t i = 0; i < ARRAY_LEN(special); i++)
			if (special[i].curses == (int)ch)
				return special[i].key;
		return ch == KEY_RESIZE ? UK_F5 : KEY_NONE_ + 0x1000; /* a key that means nothing here */
	}
	switch (ch) {
	case 0x1b:
		return UK_ESC;
	case '\r':
		return '\n';
	case '\t':
		return UK_TAB;
	case 0x7f:
	case '\b':
		return UK_BACKSPACE;
	default:
		return (int)ch;
	}
}

bool
term_fit(struct canvas *c)
{
	struct err ignored; /* without memory the old size stays */
	struct canvas fresh;

	if (c->cells != NULL && c->width == COLS && c->height == LINES)
		return false;
	if (canvas_init(&fresh, COLS, LINES, &ignored) < 0)
		return false;
	canvas_free(c);
	*c = fresh;
	c->ascii = ascii_only;
	return true;
}

void
term_show(const struct canvas *c)
{
	for (int y = 0; y < c->height; y++) {
		for (int x = 0; x < c->width; x++) {
			const struct cell *cell = &c->cells[(size_t)y * (size_t)c->width + (size_t)x];
			wchar_t text[2] = { (wchar_t)cell->ch, L'\0' };
			attr_t attr = colours ? looks[cell->style].colour : looks[cell->style].mono;
			cchar_t out;

			if (cell->ch == 0)
				continue;
			if (setcchar(&out, text, attr, colours ? (short)(cell->style + 1) : 0, NULL) == OK)
				(void)mvadd_wch(y, x, &out);
		}
	}
	(void)refresh();
}
