/* The functions of the tokenizer for Python: normalized text, tokens, and terms. See tokenizer.h, and tokens.py
   for the definitions. */

#include "tokenizer.h"

#include <stdlib.h>
#include <string.h>

/* Code points that are put together, of unknown number. */
typedef struct {
    uint32_t *codes;
    size_t length, room;
    bool failed; /* memory was short; nothing is added any more */
} Codes;

/* Room for this many more; false where memory is short. */
static bool
codes_reserve(Codes *codes, size_t more)
{
    if (codes->failed)
        return false;
    if (more <= codes->room - codes->length)
        return true;
    size_t room = codes->room + codes->room / 2 + more;
    uint32_t *grown = room <= SIZE_MAX / sizeof *grown ? realloc(codes->codes, room * sizeof *grown) : NULL;
    if (grown == NULL) {
        codes->failed = true;
        return false;
    }
    codes->codes = grown;
    codes->room = room;
    return true;
}

/* The most that `put_item` writes: a token and an underscore twice, a joint and a space. */
#define LONGEST_ITEM (2 * (LONGEST + 1) + 2)

/* Adds code points for which room was reserved. */
static inline void
put(Codes *codes, const uint32_t *more, int count)
{
    for (int i = 0; i < count; i++)
        codes->codes[codes->length++] = more[i];
}

/* Adds a token or a line break to bigrams: it ends one bigram and begins the next, with its joint. Room was
   reserved. */
static inline void
put_item(Codes *bigrams, const uint32_t *text, int length, bool ends, uint32_t joint)
{
    static const uint32_t underscore = '_', space = ' ';
    if (bigrams->length != 0) {
        put(bigrams, text, length);
        if (ends)
            put(bigrams, &underscore, 1);
        put(bigrams, &space, 1);
    }
    put(bigrams, text, length);
    if (joint != 0)
        put(bigrams, &joint, 1);
    if (ends)
        put(bigrams, &underscore, 1);
}

/* Lets other threads run, where the text is long enough for that. */
static PyThreadState *
release_for(const Text *text)
{
    return text->length > SHORT_TEXT ? PyEval_SaveThread() : NULL;
}

static void
take_back(PyThreadState *state)
{
    if (state != NULL)
        PyEval_RestoreThread(state);
}

/* Is it a `str`, and are there tables? Sets an exception where not. */
static bool
is_ready(PyObject *text)
{
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "expected str, not %.100s", Py_TYPE(text)->tp_name);
        return false;
    }
#if PY_VERSION_HEX < 0x030C0000
    if (PyUnicode_READY(text) < 0)
        return false;
#endif
    if (!characters_loaded()) {
        PyErr_SetString(PyExc_RuntimeError, "load was not called");
        return false;
    }
    return true;
}

static PyObject *
str_of(const uint32_t *codes, size_t length)
{
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, codes, (Py_ssize_t)length);
}

/* An array for a text's characters, one more than there are, so that it is never empty. */
static uint32_t *
codes_for(const Text *text)
{
    if ((size_t)text->length >= SIZE_MAX / sizeof(uint32_t))
        return NULL;
    return malloc(((size_t)text->length + 1) * sizeof(uint32_t));
}

/* The last of the characters that one stands for. */
static inline uint32_t
last_of(uint32_t code)
{
    int length;
    if (entry_class(entry_of(code)) != CLASS_EXPANDS)
        return code;
    const uint32_t *text = expansion_of(code, &length);
    return text[length - 1];
}

/* Writes the normalized text to `codes`, which has room for the whole text. */
static void
normalize_to(const Text *text, uint32_t *codes)
{
    Py_ssize_t base = -1; /* the nearest visible character before */
    for (Py_ssize_t at = 0; at < text->length; at++) {
        uint32_t code = code_at(text, at);
        uint32_t entry = entry_of(code);
        uint32_t form = entry_form(entry, code);
        uint32_t composed = entry & COMPOSES && base >= 0 ? compose(codes[base], form) : 0;
        if (composed != 0) {
            codes[base] = composed;
            form = FILLER;
        }
        else if (entry_class(entry) != CLASS_INVISIBLE) {
            if (form == ITERATION && base >= 0 && is_ideograph(last_of(codes[base])))
                form = last_of(codes[base]);
            base = at;
        }
        codes[at] = form;
    }
}

/* The end of a line within a sentence, and the spaces before it, become JOINED. */
static void
join_lines(const Text *text, Py_ssize_t at, uint32_t *codes)
{
    codes[at] = JOINED;
    for (bool is_first = true; at > 0; at--) {
        uint32_t code = code_at(text, at - 1);
        if (code == ' ' || code == '\t' || code == 0x3000 || (code == '\r' && is_first)) {
            codes[at - 1] = JOINED;
            is_first = false;
        }
        else if (entry_class(entry_of(code)) != CLASS_INVISIBLE)
            return;
    }
}

/* Writes what depends on neighbours: commas that group digits become invisible, and lines are joined. */
static void
put_context(const Text *text, uint32_t *codes)
{
    unsigned char before = 0; /* the class of the visible character before */
    bool listed = false;      /* is that a comma behind a digit? */
    Py_ssize_t grouped = 0;
    for (Py_ssize_t at = 0; at < text->length; at++) {
        uint32_t code = code_at(text, at);
        if (code >= 0x4E00 && code <= 0x9FFF) { /* as most: Han */
            before = CLASS_HAN;
            listed = false;
            continue;
        }
        unsigned char name = entry_class(entry_of(code));
        if (name == CLASS_INVISIBLE)
            continue;
        if (name == CLASS_DIGIT && before != CLASS_DIGIT && !listed && at >= grouped)
            grouped = end_of_groups(text, at);
        listed = before == CLASS_DIGIT && is_comma(code);
        if (at < grouped && is_comma(code)) {
            codes[at] = FILLER;
            listed = false;
            continue; /* the digit still stands before */
        }
        before = name;
        if (code == '\n' && joins_lines(text, at))
            join_lines(text, at, codes);
    }
}

PyObject *
kernel_normalize(PyObject *Py_UNUSED(module), PyObject *str)
{
    if (!is_ready(str))
        return NULL;
    Text text = text_of(str);
    uint32_t *codes = codes_for(&text);
    if (codes == NULL)
        return PyErr_NoMemory();
    PyThreadState *state = release_for(&text);
    normalize_to(&text, codes);
    put_context(&text, codes);
    take_back(state);
    PyObject *normalized = str_of(codes, (size_t)text.length);
    free(codes);
    return normalized;
}

/* Is the character as it stands in visible text? */
static inline bool
is_plain(uint32_t code)
{
    unsigned char name = entry_class(entry_of(code));
    return name != CLASS_INVISIBLE && name != CLASS_EXPANDS && code != JOINED;
}

static inline unsigned char
class_of(uint32_t code)
{
    return entry_class(entry_of(code));
}

/* Writes normalized text as `visible` has it. */
static void
put_visible(const Text *text, Codes *codes)
{
    static const uint32_t space = ' ';
    bool was_expanded = false;
    size_t joined = 0; /* so many line ends within a sentence stand before */
    for (Py_ssize_t at = 0; at < text->length; at++) {
        uint32_t code = code_at(text, at);
        unsigned char name = class_of(code);
        if (name == CLASS_INVISIBLE)
            continue;
        if (code == JOINED) {
            joined++;
            was_expanded = false;
            continue;
        }
        int length = 1;
        const uint32_t *more = name == CLASS_EXPANDS ? expansion_of(code, &length) : &code;
        if (!codes_reserve(codes, joined + (size_t)length + 1))
            return;
        unsigned char before = codes->length ? class_of(codes->codes[codes->length - 1]) : 0;
        if (joined != 0 && (before != CLASS_HAN || class_of(*more) != CLASS_HAN))
            for (size_t i = 0; i < joined; i++)
                put(codes, &space, 1);
        else if (joined == 0 && (was_expanded || name == CLASS_EXPANDS) && before == CLASS_DIGIT
                 && (class_of(*more) == CLASS_DIGIT || (was_expanded && is_comma(code))))
            put(codes, &space, 1);
        joined = 0;
        put(codes, more, length);
        was_expanded = name == CLASS_EXPANDS;
    }
    if (joined != 0 && codes_reserve(codes, joined))
        for (size_t i = 0; i < joined; i++)
            put(codes, &space, 1);
}

PyObject *
kernel_visible(PyObject *Py_UNUSED(module), PyObject *str)
{
    if (!is_ready(str))
        return NULL;
    Text text = text_of(str);
    Py_ssize_t at = 0;
    while (at < text.length && is_plain(code_at(&text, at)))
        at++;
    if (at == text.length) /* as most texts: there is nothing to do */
        return PyUnicode_FromObject(str);
    Codes codes = {0};
    PyThreadState *state = release_for(&text);
    if (codes_reserve(&codes, (size_t)text.length + 1))
        put_visible(&text, &codes);
    take_back(state);
    PyObject *visible = codes.failed ? PyErr_NoMemory() : str_of(codes.codes, codes.length);
    free(codes.codes);
    return visible;
}

PyObject *
kernel_has_tokens(PyObject *Py_UNUSED(module), PyObject *str)
{
    if (!is_ready(str))
        return NULL;
    Cursor cursor;
    Token token;
    cursor_begin(&cursor, text_of(str));
    return PyBool_FromLong(next_token(&cursor, &token));
}

/* Adds the parts of a word, each behind a space. */
static void
put_parts(const Text *text, const Token *token, Codes *parts)
{
    static const uint32_t space = ' ';
    int borders[MOST_PARTS + 1];
    int count = word_parts(text, token, borders);
    for (int first = 0; first < count; first++)
        for (int last = first + 1; last <= count; last++)
            if (is_part(borders, count, first, last) && codes_reserve(parts, LONGEST + 1)) {
                put(parts, &space, 1);
                put(parts, token->text + borders[first], borders[last] - borders[first]);
            }
}

/* Writes the terms of a text; the parts of words behind the unigrams. */
static void
put_terms(const Text *text, Codes *unigrams, Codes *bigrams, Codes *parts)
{
    static const uint32_t space = ' ', line_break = LINE_BREAK;
    Cursor cursor;
    Token token;
    uint32_t line = 0;
    cursor_begin(&cursor, *text);
    while (next_token(&cursor, &token)) {
        /* Its own item, and that of the line break before it or behind all. */
        if (!codes_reserve(unigrams, LONGEST + 1) || !codes_reserve(bigrams, LONGEST_ITEM + 3))
            return;
        if (unigrams->length != 0)
            put(unigrams, &space, 1);
        put(unigrams, token.text, token.length);
        if (token.kind == CLASS_LATIN)
            put_parts(text, &token, parts);
        if (token.kind == CLASS_SYMBOL)
            continue;
        if (token.line != line && bigrams->length != 0)
            put_item(bigrams, &line_break, 1, false, 0);
        line = token.line;
        put_item(bigrams, token.text, token.length, is_word(&token), token.joint);
    }
    if (bigrams->length != 0 && codes_reserve(bigrams, 1))
        put(bigrams, &line_break, 1);
    for (size_t i = 0; i < parts->length && codes_reserve(unigrams, 1); i++)
        put(unigrams, parts->codes + i, 1);
}

PyObject *
kernel_terms(PyObject *Py_UNUSED(module), PyObject *str)
{
    if (!is_ready(str))
        return NULL;
    Text text = text_of(str);
    Codes unigrams = {0}, bigrams = {0}, parts = {0};
    PyThreadState *state = release_for(&text);
    /* As much as Han without punctuation needs, for texts of usual length; there may be more or less. */
    size_t likely = (size_t)text.length < SIZE_MAX / 16 ? (size_t)text.length : 0;
    if (codes_reserve(&unigrams, 2 * likely + LONGEST + 1)
        && codes_reserve(&bigrams, 3 * likely + LONGEST_ITEM + 3))
        put_terms(&text, &unigrams, &bigrams, &parts);
    take_back(state);
    PyObject *both = NULL;
    if (unigrams.failed || bigrams.failed || parts.failed)
        PyErr_NoMemory();
    else {
        PyObject *first = str_of(unigrams.codes, unigrams.length);
        PyObject *second = first ? str_of(bigrams.codes, bigrams.length) : NULL;
        both = second ? PyTuple_Pack(2, first, second) : NULL;
        Py_XDECREF(first);
        Py_XDECREF(second);
    }
    free(unigrams.codes);
    free(bigrams.codes);
    free(parts.codes);
    return both;
}

/* The columns of Tokens: starts, ends, lines, lengths of the texts, kinds and joints, six for each token. */
enum { START, END, LINE, LENGTH, KIND, JOINT, COLUMNS };

/* Writes the tokens of a text: their texts, one behind the other, and their columns. */
static void
put_tokens(const Text *text, Codes *texts, Codes *rows)
{
    Cursor cursor;
    Token token;
    cursor_begin(&cursor, *text);
    while (next_token(&cursor, &token)) {
        if (!codes_reserve(texts, LONGEST) || !codes_reserve(rows, COLUMNS))
            return;
        put(texts, token.text, token.length);
        uint32_t *row = rows->codes + rows->length;
        row[START] = (uint32_t)token.start; /* the text is not longer than that can say */
        row[END] = (uint32_t)token.end;
        row[LINE] = token.line;
        row[LENGTH] = (uint32_t)token.length;
        row[KIND] = token.kind;
        row[JOINT] = token.joint;
        rows->length += COLUMNS;
    }
}

/* The tokens as Python objects: (texts, starts, ends, lines, kinds, joints), the columns as bytes. */
static PyObject *
tokens_of(const Codes *texts, const Codes *rows)
{
    Py_ssize_t count = (Py_ssize_t)(rows->length / COLUMNS);
    PyObject *strs = PyList_New(count), *kinds = PyBytes_FromStringAndSize(NULL, count);
    PyObject *joints = PyBytes_FromStringAndSize(NULL, count), *tuple = NULL;
    PyObject *columns[LENGTH] = {NULL};
    for (int column = START; column < LENGTH; column++)
        columns[column] = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(uint32_t));
    if (strs == NULL || kinds == NULL || joints == NULL || !columns[START] || !columns[END] || !columns[LINE])
        goto done;
    size_t at = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        const uint32_t *row = rows->codes + i * COLUMNS;
        PyObject *str = str_of(texts->codes + at, row[LENGTH]);
        if (str == NULL)
            goto done;
        at += row[LENGTH];
        PyList_SET_ITEM(strs, i, str);
        PyBytes_AS_STRING(kinds)[i] = (char)row[KIND];
        PyBytes_AS_STRING(joints)[i] = (char)row[JOINT];
        for (int column = START; column < LENGTH; column++)
            memcpy(PyBytes_AS_STRING(columns[column]) + i * (Py_ssize_t)sizeof(uint32_t), &row[column],
                   sizeof(uint32_t));
    }
    tuple = PyTuple_Pack(6, strs, columns[START], columns[END], columns[LINE], kinds, joints);
done:
    Py_XDECREF(strs);
    Py_XDECREF(kinds);
    Py_XDECREF(joints);
    for (int column = START; column < LENGTH; column++)
        Py_XDECREF(columns[column]);
    return tuple;
}

PyObject *
kernel_tokenize(PyObject *Py_UNUSED(module), PyObject *str)
{
    if (!is_ready(str))
        return NULL;
    Text text = text_of(str);
    if ((uint64_t)text.length > UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "a text of more than 2**32 characters");
        return NULL;
    }
    Codes texts = {0}, rows = {0};
    PyThreadState *state = release_for(&text);
    put_tokens(&text, &texts, &rows);
    take_back(state);
    PyObject *tokens = texts.failed || rows.failed ? PyErr_NoMemory() : tokens_of(&texts, &rows);
    free(texts.codes);
    free(rows.codes);
    return tokens;
}
