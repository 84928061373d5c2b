/* The sketch of a text: searchkit/indexing/sketch.py has the same in Python, and says what it is. */

#include "sketch.h"

#include "characters.h"

#include <stdint.h>
#include <string.h>

enum { SIZE = 16, SHORTEST = 6, CHARACTERS = 4 };
#define MIX 0x9E3779B1u
#define MIX_AGAIN 0x85EBCA6Bu
#define WITHOUT_GIL 65536 /* characters from which on other threads may run meanwhile */

/* The smallest hashes, in order, each once. */
typedef struct {
    uint32_t hashes[SIZE];
    int count;
} Smallest;

/* CRC-32 as binascii.crc32 has it, four bits at a time. */
static const uint32_t crc_table[16] = {
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
    0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
};

static inline uint32_t
add_byte(uint32_t crc, uint32_t byte)
{
    crc ^= byte;
    crc = crc_table[crc & 15] ^ (crc >> 4);
    return crc_table[crc & 15] ^ (crc >> 4);
}

/* The hash of the characters from `start` to before `end`: of their UTF-16, surrogates as they are. */
static uint32_t
hash_of(int kind, const void *data, Py_ssize_t start, Py_ssize_t end)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (Py_ssize_t at = start; at < end; at++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, at);
        if (c > 0xFFFF) {
            Py_UCS4 high = Py_UNICODE_HIGH_SURROGATE(c);
            crc = add_byte(add_byte(crc, high & 0xFF), high >> 8);
            c = Py_UNICODE_LOW_SURROGATE(c);
        }
        crc = add_byte(add_byte(crc, c & 0xFF), c >> 8);
    }
    uint32_t mixed = (crc ^ 0xFFFFFFFFu) * MIX;
    return ((mixed ^ mixed >> 15) * MIX_AGAIN) >> 8;
}

/* Keep the hash if it is among the smallest. */
static void
keep(Smallest *smallest, uint32_t hash)
{
    int at = smallest->count;
    while (at > 0 && smallest->hashes[at - 1] > hash) {
        at--;
    }
    if (at == SIZE || (at > 0 && smallest->hashes[at - 1] == hash)) {
        return;
    }
    int moved = (smallest->count < SIZE ? smallest->count : SIZE - 1) - at; /* at + 1 + moved <= SIZE */
    memmove(smallest->hashes + at + 1, smallest->hashes + at, (size_t)moved * sizeof(uint32_t));
    smallest->hashes[at] = hash;
    smallest->count += smallest->count < SIZE;
}

/* Whether a clause ends before the character. */
static inline int
ends_clause(Py_UCS4 c)
{
    switch (c) {
    case '!': case ',': case ':': case ';': case '?': case '\n':
    case 0x3002: case 0xFF01: case 0xFF0C: case 0xFF1A: case 0xFF1B: case 0xFF1F: case JOINED:
        return 1;
    default:
        return 0;
    }
}

/* The smallest hashes of the clauses from the first letter or digit to the next mark that ends one. */
static void
hash_clauses(int kind, const void *data, Py_ssize_t length, Smallest *smallest)
{
    Py_ssize_t at = 0;
    while (at < length) {
        if (!Py_UNICODE_ISALNUM(PyUnicode_READ(kind, data, at))) {
            at++;
            continue;
        }
        Py_ssize_t start = at;
        while (at < length && !ends_clause(PyUnicode_READ(kind, data, at))) {
            at++;
        }
        if (at - start >= SHORTEST) {
            Py_ssize_t end = at;
            while (Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, end - 1))) {
                end--; /* ends at `start` at the latest, which is no space */
            }
            keep(smallest, hash_of(kind, data, start, end));
        }
    }
    if (!smallest->count) {
        Py_ssize_t start = 0, end = length;
        while (start < end && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, start))) {
            start++;
        }
        while (end > start && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, end - 1))) {
            end--;
        }
        keep(smallest, hash_of(kind, data, start, end));
    }
}

/* The hashes as texts of four characters. */
static PyObject *
as_texts(const Smallest *smallest)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    PyObject *texts = PyTuple_New(smallest->count);
    for (int number = 0; texts && number < smallest->count; number++) {
        char text[CHARACTERS];
        for (int place = 0; place < CHARACTERS; place++) {
            text[place] = digits[smallest->hashes[number] >> (18 - 6 * place) & 63];
        }
        PyObject *one = PyUnicode_FromStringAndSize(text, CHARACTERS);
        if (!one) {
            Py_CLEAR(texts);
            break;
        }
        PyTuple_SET_ITEM(texts, number, one);
    }
    return texts;
}

PyObject *
kernel_sketch(PyObject *Py_UNUSED(module), PyObject *normalized)
{
    if (!PyUnicode_Check(normalized)) {
        return PyErr_Format(PyExc_TypeError, "a text is needed, not %.100s", Py_TYPE(normalized)->tp_name);
    }
    Smallest smallest = {{0}, 0};
    int kind = PyUnicode_KIND(normalized);
    const void *data = PyUnicode_DATA(normalized); /* the caller holds the text, which cannot change */
    Py_ssize_t length = PyUnicode_GET_LENGTH(normalized);
    if (length >= WITHOUT_GIL) {
        Py_BEGIN_ALLOW_THREADS
        hash_clauses(kind, data, length, &smallest);
        Py_END_ALLOW_THREADS
    }
    else {
        hash_clauses(kind, data, length, &smallest);
    }
    return as_texts(&smallest);
}
