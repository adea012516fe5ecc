/* SPDX-License-Identifier: Apache-2.0 */
/* term: the terminal, through ncurses. */
#define NCURSES_WIDECHAR 1
#include "ui/term.h"

#include <curses.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>


enum { ESCAPE_DELAY_MS = 25 };

static bool ascii_only, colours, mouse_on;
static SCREEN *terminal;

/* Keys of our own numbers that ncurses makes of the terminal's sequences. */
enum { CURSES_PASTE = KEY_MAX + 1, CURSES_PASTE_END };

static const struct {
	int curses, key;
} special[] = {
	{ KEY_UP, UK_UP }, { KEY_DOWN, UK_DOWN }, { KEY_LEFT, UK_LEFT }, { KEY_RIGHT, UK_RIGHT }, { KEY_PPAGE, UK_PGUP },
	{ KEY_NPAGE, UK_PGDN }, { KEY_HOME, UK_HOME }, { KEY_END, UK_END }, { KEY_BACKSPACE, UK_BACKSPACE },
	{ KEY_DC, UK_DELETE }, { KEY_F(1), UK_F1 }, { KEY_F(5), UK_F5 }, { KEY_F(10), UK_F10 }, { KEY_BTAB, UK_BACKTAB },
	{ KEY_ENTER, '\n' }, { KEY_MOUSE, UK_MOUSE }, { CURSES_PASTE, UK_PASTE },
	{ CURSES_PASTE_END, UK_PASTE_END },
};

static const struct theme *theme;

static const char *
ability(const char *name)
{
	const char *text = tigetstr(name);

	return text == NULL || text == (const char *)-1 ? "" : text;
}

/* Terminals that can say what is pasted and what is typed are asked to (BE, BD: on, off; PS, PE: start, end). */
static void
mark_pastes(bool on)
{
	if (ability("BE")[0] == '\0' || ability("PS")[0] == '\0' || ability("PE")[0] == '\0')
		return;
	(void)define_key(ability("PS"), CURSES_PASTE);
	(void)define_key(ability("PE"), CURSES_PASTE_END);
	(void)putp(ability(on ? "BE" : "BD"));
	(void)fflush(stdout);
}

static attr_t
attributes(const struct look *l)
{
	static const struct {
		unsigned int look;
		attr_t attr;
	} names[] = { { LOOK_BOLD, A_BOLD }, { LOOK_DIM, A_DIM }, { LOOK_REVERSE, A_REVERSE }, { LOOK_UNDERLINE, A_UNDERLINE } };
	attr_t attr = A_NORMAL;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		attr |= (l->attributes & names[i].look) != 0 ? names[i].attr : A_NORMAL;
	return attr;
}

static void
start_colours(void)
{
	(void)start_color();
	(void)use_default_colors();
	for (short i = 0; i < STYLE_COUNT; i++)
		(void)init_pair((short)(i + 1), theme->looks[i].front, theme->looks[i].back);
}

/* NO_COLOR, or a terminal without colours, makes it mono whatever was asked for. */
static void
choose_theme(const struct theme *wanted)
{
	const char *no_color = getenv("NO_COLOR");
	bool may = (no_color == NULL || no_color[0] == '\0') && has_colors();

	theme = may && wanted != NULL ? wanted : theme_standard(may, getenv("COLORFGBG"));
	colours = theme->colours;
	if (colours)
		start_colours();
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
term_start(const struct theme *wanted, struct err *e)
{
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
	choose_theme(wanted);
	mark_pastes(true);
	return 0;
}

void
term_mouse(bool on)
{
	if (on == mouse_on)
		return;
	mouse_on = on;
	(void)mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
	(void)mouseinterval(0); /* the app tells double clicks apart */
}

bool
term_mouse_event(enum mouse *what, int *y, int *x)
{
	MEVENT m;

	if (getmouse(&m) != OK)
		return false;
	*what = (m.bstate & BUTTON4_PRESSED) != 0 ? MOUSE_WHEEL_UP : (m.bstate & BUTTON5_PRESSED) != 0 ? MOUSE_WHEEL_DOWN : MOUSE_CLICK;
	*y = m.y;
	*x = m.x;
	return true;
}

void
term_stop(void)
{
	if (terminal == NULL)
		return;
	term_mouse(false);
	mark_pastes(false);
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
			attr_t attr = attributes(&theme->looks[cell->style]);
			cchar_t out;

			if (cell->ch == 0)
				continue;
			if (setcchar(&out, text, attr, colours ? (short)(cell->style + 1) : 0, NULL) == OK)
				(void)mvadd_wch(y, x, &out);
		}
	}
	(void)refresh();
}
