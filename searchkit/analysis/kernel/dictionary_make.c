/* For Python: `make_dictionary`, which makes what a Jieba is opened with. */

#include "dictionary_make.h"

#include <stdlib.h>

#include "python_text.h"

#define LONGEST_LINE 256 /* characters of a word in a dictionary's line */
#define MOST_KEY 65536

/* One character of UTF-8; its width in bytes, 0 where there is none. */
static size_t decode(const char *at, const char *end, uint32_t *character)
{
    const unsigned char *bytes = (const unsigned char *)at;
    size_t width = bytes[0] < 0x80 ? 1 : bytes[0] < 0xC2 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    if (!width || bytes[0] > 0xF4 || (size_t)(end - at) < width)
        return 0;
    *character = width == 1 ? bytes[0] : bytes[0] & (0x7Fu >> width);
    for (size_t i = 1; i < width; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        *character = *character << 6 | (bytes[i] & 0x3Fu);
    }
    return width;
}

/* Adds the lines "word frequency ..." of a dictionary. Of words that are there already the last frequency
 * counts. Says what is wrong, or NULL. */
static const char *add_lines(Trie *trie, uint64_t *total, const char *at, const char *end)
{
    while (at < end) {
        uint32_t word[LONGEST_LINE];
        size_t length = 0;
        int found_in_text = 1; /* no block that jieba cuts has characters above */
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        const char *last = line_end ? line_end : end;
        while (at < last && *at != ' ') {
            size_t width = decode(at, last, &word[length]);
            if (!width || length + 1 == LONGEST_LINE)
                return "the dictionary has a line that is no word";
            found_in_text &= word[length++] < CHARACTERS;
            at += width;
        }
        if (at == last) /* no space */
            return "the dictionary has a line that is no word";
        uint64_t frequency = 0;
        const char *digits = ++at;
        while (at < last && *at >= '0' && *at <= '9' && frequency < MOST_FREQUENT / 10)
            frequency = 10 * frequency + (uint64_t)(*at++ - '0');
        if (!length || at == digits || (at < last && *at != ' ' && *at != '\r'))
            return "the dictionary has a line that is no word";
        const TrieNode *known = trie_find(trie, word, length);
        if (known)
            *total -= known->frequency; /* was added to it */
        *total += frequency;
        if (*total >= MOST_FREQUENT)
            return "the dictionary has too large frequencies";
        if (found_in_text && trie_add(trie, word, length, frequency) < 0)
            return "memory";
        at = line_end ? line_end + 1 : end;
    }
    return NULL;
}

/* Makes a dictionary from checked arguments; NULL and what is wrong. */
static unsigned char *make_block(const Py_buffer texts[2], const Py_buffer *key, const Text *characters,
                                 const Py_buffer *model, size_t *size, const char **error)
{
    Header header = {0};
    Trie trie;
    size_t fixed = sizeof header.start + sizeof header.transitions;
    size_t emitted = characters->length * sizeof(double[STATES]);
    unsigned char *block = NULL;
    double *emissions = malloc(emitted + 1);
    *error = "memory";
    if (emissions && trie_init(&trie) == 0) {
        header.key_size = (uint32_t)key->len;
        memcpy(header.start, model->buf, sizeof header.start);
        memcpy(header.transitions, (const char *)model->buf + sizeof header.start, sizeof header.transitions);
        memcpy(emissions, (const char *)model->buf + fixed, emitted);
        *error = NULL;
        for (int i = 0; i < 2 && !*error; i++)
            *error = add_lines(&trie, &header.total, texts[i].buf, (const char *)texts[i].buf + texts[i].len);
        if (!*error)
            block = dictionary_pack(&trie, header, key->buf, characters->characters, characters->length, emissions,
                                    error);
        if (block) {
            memcpy(&header, block, sizeof header);
            *size = (size_t)header.size;
        }
        trie_free(&trie);
    }
    free(emissions);
    return block;
}

const char make_dictionary_doc[] = PyDoc_STR(
    "make_dictionary($module, words, instead, characters, model, key, /)\n--\n\n"
    "What a Jieba opens, from lines of words and their frequencies, UTF-8.\n\n"
    "Words of `instead` take the place of those in `words`. `model` has doubles, of the states B, E, M and\n"
    "S: their beginnings, the transitions between them, and for each of the `characters` its emissions.\n"
    "ValueError: the words or the model are not as they should be.");

PyObject *make_dictionary(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer texts[2], model, key;
    PyObject *object, *made = NULL;
    Text characters;
    if (!PyArg_ParseTuple(arguments, "y*y*Uy*y*:make_dictionary", &texts[0], &texts[1], &object, &model, &key))
        return NULL;
    if (text_of(object, &characters) == 0) {
        const char *error = NULL;
        size_t size = 0;
        unsigned char *block = NULL;
        if (key.len > MOST_KEY || (size_t)model.len != (STATES + STATES * STATES + STATES * characters.length) *
                                                           sizeof(double)) {
            error = "the model has other sizes";
        } else {
            Py_BEGIN_ALLOW_THREADS
            block = make_block(texts, &key, &characters, &model, &size, &error);
            Py_END_ALLOW_THREADS
        }
        if (block)
            made = PyBytes_FromStringAndSize((const char *)block, (Py_ssize_t)size);
        else if (strcmp(error, "memory") == 0)
            PyErr_NoMemory();
        else
            PyErr_SetString(PyExc_ValueError, error);
        free(block);
    }
    text_free(&characters);
    PyBuffer_Release(&texts[0]);
    PyBuffer_Release(&texts[1]);
    PyBuffer_Release(&model);
    PyBuffer_Release(&key);
    return made;
}
