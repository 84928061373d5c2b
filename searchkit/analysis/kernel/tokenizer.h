/* Tokenizer: text -> tokens with their places in it. searchkit/analysis/tokens.py is the definition.

   A cursor goes over the code units of a `str`, of any width, and allocates nothing. It may be used without
   the interpreter's lock, while the caller holds a reference to the `str`.

       Cursor cursor;
       Token token;
       cursor_begin(&cursor, text_of(str));
       while (next_token(&cursor, &token))
           ... token.text[0 .. token.length - 1], token.start, token.end ... */

#ifndef SEARCHKIT_TOKENIZER_H
#define SEARCHKIT_TOKENIZER_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "characters.h"

#define LONGEST 255 /* characters of a token */

/* Texts shorter than this are done before another thread could take over. */
#define SHORT_TEXT 2000

/* The kind of a token is the class of its characters; a Latin one's is CLASS_LATIN. */

/* The code units of a `str`. */
typedef struct {
    const void *units;
    int width; /* of a unit, in bytes: 1, 2 or 4, as PyUnicode_KIND has it */
    Py_ssize_t length;
} Text;

/* Where one is in a text, and the text of the token that was found last. */
typedef struct {
    Text text;
    Py_ssize_t at;         /* where to go on */
    uint32_t line;         /* how many line ends were passed */
    unsigned char before;  /* the class of the visible character before `at`; 0 at the beginning, and
                              CLASS_NONE behind a digit that another one stands for */
    bool listed;           /* is that a comma behind a digit? */
    Py_ssize_t grouped;    /* commas before this place group the digits of a number */
    const uint32_t *expansion; /* what the character at `at` expands to, when `inside` is above 0 */
    int expansion_length;
    int inside;            /* the number, from 1, of its character that is next */
    Py_ssize_t expansion_end; /* where the character that expands ends in the text */
    uint32_t token[LONGEST];
} Cursor;

typedef struct {
    Py_ssize_t start, end; /* in the text; the invisible characters behind its last one are within */
    uint32_t line;         /* how many line ends stand before */
    unsigned char kind;    /* CLASS_HAN, CLASS_LATIN, CLASS_DIGIT, CLASS_SMALL_DIGIT, CLASS_WORD, CLASS_SYMBOL */
    const uint32_t *text;  /* its normalized code points, within the cursor: until the next token is asked for */
    int length;            /* of `text`: 1 to LONGEST */
    unsigned char joint;   /* `.` or `:` between a number and the next one; else 0 */
} Token;

#define MOST_PARTS 6 /* of a Latin word that can be found by its parts */

/* The code units of a `str`, which must be kept alive. */
static inline Text
text_of(PyObject *str)
{
    return (Text){PyUnicode_DATA(str), (int)PyUnicode_KIND(str), PyUnicode_GET_LENGTH(str)};
}

/* The code point at a place of the text, which is below its length. */
static inline uint32_t
code_at(const Text *text, Py_ssize_t at)
{
    switch (text->width) {
    case 1:
        return ((const uint8_t *)text->units)[at];
    case 2:
        return ((const uint16_t *)text->units)[at];
    default:
        return ((const uint32_t *)text->units)[at];
    }
}

/* Sets a cursor to the beginning of a text. */
void cursor_begin(Cursor *cursor, Text text);

/* Finds the next token; false where there is no more. */
bool next_token(Cursor *cursor, Token *token);

/* The parts of a Latin word that its capitals show, as getUserName: where each begins in the token's text, and where
   the last ends. Returns how many they are, 2 to MOST_PARTS; 0 where there are none. */
int word_parts(const Text *text, const Token *token, int borders[MOST_PARTS + 1]);

/* Are these borders, of parts that count, those of a term: of two characters at least, and not the whole word? */
static inline bool
is_part(const int *borders, int count, int first, int last)
{
    return borders[last] - borders[first] > 1 && borders[last] - borders[first] < borders[count];
}

/* Does the sentence go on behind the `\n` at this place? */
bool joins_lines(const Text *text, Py_ssize_t at);

/* Where a number ends whose digits commas group, and that begins at this place with a digit which no digit stands
   before, nor a comma behind a digit; 0 where no commas group it. */
Py_ssize_t end_of_groups(const Text *text, Py_ssize_t start);

/* A comma, which may stand between the digits of a number. */
static inline bool
is_comma(uint32_t code)
{
    return code == ',' || code == 0xFF0C;
}

/* Does the token's text end in `_` within a bigram: may it be longer than one character? */
static inline bool
is_word(const Token *token)
{
    return token->kind != CLASS_HAN && token->kind != CLASS_SYMBOL;
}

/* The Python functions, in terms.c; each takes a `str`. See _kernel.pyi. */
PyObject *kernel_normalize(PyObject *module, PyObject *text);
PyObject *kernel_visible(PyObject *module, PyObject *normalized);
PyObject *kernel_has_tokens(PyObject *module, PyObject *text);
PyObject *kernel_tokenize(PyObject *module, PyObject *text);
PyObject *kernel_terms(PyObject *module, PyObject *text);

#endif
