/* The words of a text that are worth suggesting: searchkit/indexing/suggestions.py has the same in Python. */

#include "suggestions.h"

#include <stdint.h>
#include <string.h>

enum { MOST_MISSED = 100 };
#define WITHOUT_GIL 65536 /* characters from which on other threads may run meanwhile */

/* A distinct word of a text: where it first stands among the words, and how often it does. */
typedef struct {
    Py_ssize_t start;
    Py_ssize_t length;
    Py_ssize_t count;
} Word;

/* The distinct words in the order in which they first stand; free with free_words. */
typedef struct {
    Word *words;
    Py_ssize_t count;
} Words;

static void
free_words(Words *words)
{
    PyMem_RawFree(words->words);
}

/* A number for the bytes; `seed` is another one for each text. */
static inline uint64_t
hash_of(const unsigned char *bytes, size_t size, uint64_t seed)
{
    uint64_t hash = seed;
    for (size_t at = 0; at < size; at++) {
        hash = (hash ^ bytes[at]) * 0x100000001B3u;
    }
    return hash ^ hash >> 32;
}

/* Counts the words of a text that single spaces part; 0 where there is no memory. Calls nothing of Python. */
static int
count_words(const unsigned char *data, int kind, Py_ssize_t length, uint64_t seed, Words *found)
{
    Py_ssize_t most = 1;
    for (Py_ssize_t at = 0; at < length; at++) {
        most += PyUnicode_READ(kind, data, at) == ' ';
    }
    size_t slots = 16;
    while (slots < 2 * (size_t)most) {
        slots *= 2;
    }
    found->count = 0;
    found->words = PyMem_RawMalloc((size_t)most * sizeof(Word));
    Py_ssize_t *table = PyMem_RawCalloc(slots, sizeof(Py_ssize_t)); /* number of a word + 1; 0 where free */
    if (!found->words || !table) {
        PyMem_RawFree(table);
        return 0;
    }
    for (Py_ssize_t start = 0, end; start <= length; start = end + 1) {
        for (end = start; end < length && PyUnicode_READ(kind, data, end) != ' '; end++) {
        }
        const unsigned char *bytes = data + start * kind; /* a kind is its number of bytes */
        size_t size = (size_t)(end - start) * (size_t)kind;
        /* Ends at a free slot at the latest: at least half of them are. */
        size_t slot = (size_t)hash_of(bytes, size, seed) & (slots - 1);
        while (table[slot]) {
            const Word *known = &found->words[table[slot] - 1];
            if (known->length == end - start && !memcmp(data + known->start * kind, bytes, size)) {
                break;
            }
            slot = (slot + 1) & (slots - 1);
        }
        if (!table[slot]) { /* one for each space and one more at most, for which there is room */
            found->words[found->count] = (Word){start, end - start, 0};
            table[slot] = ++found->count;
        }
        found->words[table[slot] - 1].count++;
    }
    PyMem_RawFree(table);
    return 1;
}

/* Whether a word may begin a Latin word in normalized text: LATIN of the tokenizer. */
static inline int
is_latin(Py_UCS4 c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0x24F && c != 0xF7);
}

/* Whether a word of two or more characters is long enough and no number, if it is Latin. */
static int
is_worth_it(int kind, const void *data, const Word *word)
{
    if (!is_latin(PyUnicode_READ(kind, data, word->start))) {
        return 1;
    }
    if (word->length < 3) {
        return 0;
    }
    for (Py_ssize_t at = 0; at < word->length; at++) {
        if (!Py_UNICODE_ISDIGIT(PyUnicode_READ(kind, data, word->start + at))) {
            return 1;
        }
    }
    return 0;
}

/* Puts the words that are worth suggesting into the dictionary; -1 with an exception where that fails. */
static int
show(PyObject *shown, PyObject *text, PyObject *normalized, PyObject *words, const Words *counted,
     Py_ssize_t least, PyObject *left_out)
{
    int kind = PyUnicode_KIND(words);
    const void *data = PyUnicode_DATA(words);
    Py_ssize_t length = PyUnicode_GET_LENGTH(normalized);
    Py_ssize_t at = 0;
    int missed = 0;
    for (Py_ssize_t number = 0; number < counted->count; number++) {
        const Word *one = &counted->words[number];
        if (one->count < least || one->length < 2 || !is_worth_it(kind, data, one)) {
            continue;
        }
        PyObject *word = PyUnicode_Substring(words, one->start, one->start + one->length);
        int is_left_out = word ? PySet_Contains(left_out, word) : -1;
        int failed = is_left_out < 0;
        if (!is_left_out) {
            Py_ssize_t place = PyUnicode_Find(normalized, word, at, length, 1);
            failed = place == -2;
            if (place >= 0) {
                at = place + one->length;
                PyObject *written = PyUnicode_Substring(text, place, at); /* cuts at the end of the text */
                failed = !written || PyDict_SetItem(shown, word, written) < 0;
                Py_XDECREF(written);
            }
            else if (++missed == MOST_MISSED) {
                number = counted->count;
            }
        }
        Py_XDECREF(word);
        if (failed) {
            return -1;
        }
    }
    return 0;
}

PyObject *
kernel_suggested_words(PyObject *Py_UNUSED(module), PyObject *const *given, Py_ssize_t count)
{
    if (count != 5 || !PyUnicode_Check(given[0]) || !PyUnicode_Check(given[1]) || !PyUnicode_Check(given[2])
        || !PyAnySet_Check(given[4])) {
        PyErr_SetString(PyExc_TypeError, "suggested_words(text, normalized, words, least, left_out) is needed");
        return NULL;
    }
    PyObject *words = given[2];
    Py_ssize_t least = PyLong_AsSsize_t(given[3]);
    if (least == -1 && PyErr_Occurred()) {
        return NULL;
    }
    Py_hash_t seed = PyUnicode_Type.tp_hash(words); /* so nobody can write a text whose words all share one slot */
    if (seed == -1) { /* of a str, where memory is short */
        return NULL;
    }
    const unsigned char *data = PyUnicode_DATA(words); /* the caller holds the text, which cannot change */
    int kind = PyUnicode_KIND(words), done;
    Py_ssize_t length = PyUnicode_GET_LENGTH(words);
    Words counted = {NULL, 0};
    if (length >= WITHOUT_GIL) {
        Py_BEGIN_ALLOW_THREADS
        done = count_words(data, kind, length, (uint64_t)seed, &counted);
        Py_END_ALLOW_THREADS
    }
    else {
        done = count_words(data, kind, length, (uint64_t)seed, &counted);
    }
    PyObject *shown = done ? PyDict_New() : PyErr_NoMemory();
    if (shown && show(shown, given[0], given[1], words, &counted, least, given[4]) < 0) {
        Py_CLEAR(shown);
    }
    free_words(&counted);
    return shown;
}
