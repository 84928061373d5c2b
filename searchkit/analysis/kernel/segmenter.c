/* For Python: `Jieba`, a tokenizer like rjieba.Jieba; `Segmenter`, words by the rules of segmenter_rules.py. */

#include "segmenter.h"

#include <math.h>
#include <stdlib.h>

#include "characters.h"
#include "dictionary_make.h"
#include "python_text.h"

typedef struct {
    PyObject_HEAD
    Py_buffer buffer;
    Dictionary dictionary;
    Added *added; /* never NULL; changed only where nobody else has it */
} Jieba;

typedef struct {
    PyObject_HEAD
    Jieba *jieba;
    MixedWords mixed;
} Segmenter;

/* The words that were added, shared. Holds the interpreter lock, as all that counts references. */
static Added *added_take(Jieba *jieba)
{
    jieba->added->references++;
    return jieba->added;
}

/* Gives them back. */
static void added_drop(Added *added)
{
    if (added && --added->references == 0) {
        trie_free(&added->trie);
        free(added);
    }
}

/* Those of a new Jieba, or with `from` a copy; NULL where memory is short. */
static Added *added_new(uint64_t total, const Added *from)
{
    Added *added = malloc(sizeof *added);
    if (!added)
        return NULL;
    added->references = 1;
    added->total = total;
    if ((from ? trie_copy(&added->trie, &from->trie) : trie_init(&added->trie)) < 0) {
        free(added);
        return NULL;
    }
    return added;
}

/* Jieba(dictionary, key): opens a dictionary that make_dictionary made with this key. */
static PyObject *jieba_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
    PyObject *data;
    const char *key;
    Py_ssize_t key_size;
    if (!PyArg_ParseTuple(arguments, "Oy#:Jieba", &data, &key, &key_size))
        return NULL;
    Jieba *jieba = (Jieba *)type->tp_alloc(type, 0);
    if (!jieba)
        return NULL;
    if (PyObject_GetBuffer(data, &jieba->buffer, PyBUF_SIMPLE) < 0) {
        Py_DECREF(jieba);
        return NULL;
    }
    const char *error = dictionary_open(&jieba->dictionary, jieba->buffer.buf, (size_t)jieba->buffer.len);
    if (!error && (jieba->dictionary.header.key_size != (size_t)key_size ||
                   memcmp(jieba->dictionary.key, key, (size_t)key_size) != 0))
        error = "the dictionary was made from something else";
    if (error) {
        PyErr_SetString(PyExc_ValueError, error);
        Py_DECREF(jieba);
        return NULL;
    }
    jieba->added = added_new(jieba->dictionary.header.total, NULL);
    if (!jieba->added) {
        Py_DECREF(jieba);
        return PyErr_NoMemory();
    }
    return (PyObject *)jieba;
}

static void jieba_dealloc(PyObject *self)
{
    Jieba *jieba = (Jieba *)self;
    PyTypeObject *type = Py_TYPE(self);
    added_drop(jieba->added);
    if (jieba->buffer.obj)
        PyBuffer_Release(&jieba->buffer);
    type->tp_free(self);
    Py_DECREF(type);
}

/* One str for each word. */
static PyObject *list_of_words(PyObject *text, const Spans *words)
{
    PyObject *list = PyList_New((Py_ssize_t)words->size);
    for (size_t i = 0; list && i < words->size; i++) {
        PyObject *word = PyUnicode_Substring(text, (Py_ssize_t)words->items[i].start,
                                             (Py_ssize_t)words->items[i].end);
        if (!word)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, (Py_ssize_t)i, word);
    }
    return list;
}

#define WRITE_WORDS(type, data, text, words) \
    for (size_t i = 0, to = 0; i < (words)->size; i++) { \
        if (i) \
            ((type *)(data))[to++] = ' '; \
        for (size_t at = (words)->items[i].start; at < (words)->items[i].end; at++) \
            ((type *)(data))[to++] = (type)(text)->characters[at]; \
    }

/* One str, a space between the words. */
static PyObject *joined_words(const Text *text, const Spans *words)
{
    size_t length = words->size ? words->size - 1 : 0;
    uint32_t seen = 0; /* all bits of all characters: as wide as the widest */
    for (size_t i = 0; i < words->size; i++) {
        length += words->items[i].end - words->items[i].start;
        for (size_t at = words->items[i].start; at < words->items[i].end; at++)
            seen |= text->characters[at];
    }
    PyObject *joined = PyUnicode_New((Py_ssize_t)length, seen > 0x10FFFF ? 0x10FFFF : seen);
    if (!joined)
        return NULL;
    void *data = PyUnicode_DATA(joined);
    switch (PyUnicode_KIND(joined)) { /* each has room for `length` */
    case PyUnicode_1BYTE_KIND: WRITE_WORDS(Py_UCS1, data, text, words); break;
    case PyUnicode_2BYTE_KIND: WRITE_WORDS(Py_UCS2, data, text, words); break;
    default: WRITE_WORDS(Py_UCS4, data, text, words);
    }
    return joined;
}

/* The words of a str without the interpreter lock: by the segmenter's rules, or where `mixed` is NULL by
 * jieba's. -1 with an error set. */
static int words_of(Jieba *jieba, const MixedWords *mixed, int hmm, const Text *text, Spans *words)
{
    Added *added = added_take(jieba);
    int failed;
    Py_BEGIN_ALLOW_THREADS
    Cutter cutter;
    cutter_init(&cutter, &jieba->dictionary, added);
    failed = mixed ? find_words(text, mixed, &cutter, words) : cut_text(text, hmm, &cutter, words);
    cutter_free(&cutter);
    Py_END_ALLOW_THREADS
    added_drop(added);
    if (failed < 0)
        PyErr_NoMemory();
    return failed;
}

PyDoc_STRVAR(cut_doc, "cut($self, text, /)\n--\n\nThe words of the text, and what stands between them.");

static PyObject *jieba_cut(PyObject *self, PyObject *object)
{
    Text text;
    Spans words = {0};
    PyObject *list = NULL;
    if (text_of(object, &text) == 0 && words_of((Jieba *)self, NULL, 1, &text, &words) == 0)
        list = list_of_words(object, &words);
    free(words.items);
    text_free(&text);
    return list;
}

/* The frequency with which a word wins over the words in it, as rjieba has it; -1 with an error set. */
static int frequency_to_win(Jieba *jieba, const Text *word, uint64_t *frequency)
{
    Spans within = {0};
    if (words_of(jieba, NULL, 0, word, &within) < 0) {
        free(within.items);
        return -1;
    }
    Cutter cutter;
    cutter_init(&cutter, &jieba->dictionary, jieba->added);
    double probability = 0.0;
    for (size_t i = 0; i < within.size; i++) {
        Span span = within.items[i];
        uint64_t one = cutter_frequency(&cutter, word->characters + span.start, span.end - span.start);
        probability = probability + trie_log(one ? one : 1) - cutter.log_total;
    }
    uint64_t own = cutter_frequency(&cutter, word->characters, word->length);
    double winning = exp(probability + cutter.log_total);
    *frequency = winning < (double)MOST_FREQUENT ? (uint64_t)winning + 1 : MOST_FREQUENT; /* also for no number */
    if (own > *frequency)
        *frequency = own;
    free(within.items);
    return 0;
}

/* Adds a word to words of the Jieba's own; -1 with an error set. */
static int add_word(Jieba *jieba, const Text *word, uint64_t frequency)
{
    Cutter cutter;
    cutter_init(&cutter, &jieba->dictionary, jieba->added);
    /* What it has so far is part of the total. */
    uint64_t others = jieba->added->total - cutter_frequency(&cutter, word->characters, word->length);
    if (frequency >= MOST_FREQUENT || others >= MOST_FREQUENT - frequency) {
        PyErr_SetString(PyExc_OverflowError, "the frequency is too large");
        return -1;
    }
    if (jieba->added->references > 1) { /* somebody cuts with it now */
        Added *copy = added_new(jieba->added->total, jieba->added);
        if (!copy) {
            PyErr_NoMemory();
            return -1;
        }
        added_drop(jieba->added);
        jieba->added = copy;
    }
    if (trie_add(&jieba->added->trie, word->characters, word->length, frequency) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    jieba->added->total = others + frequency;
    return 0;
}

PyDoc_STRVAR(add_word_doc,
             "add_word($self, word, frequency=None, tag=None, /)\n--\n\n"
             "Add a word; without a frequency it gets one that lets it win over the words in it.");

static PyObject *jieba_add_word(PyObject *self, PyObject *arguments)
{
    Jieba *jieba = (Jieba *)self;
    PyObject *object, *given = Py_None, *tag = Py_None;
    Text text;
    if (!PyArg_ParseTuple(arguments, "U|OO:add_word", &object, &given, &tag))
        return NULL;
    uint64_t frequency = 0;
    if (given != Py_None) {
        frequency = PyLong_AsUnsignedLongLong(given);
        if (PyErr_Occurred())
            return NULL;
    }
    if (!PyUnicode_GET_LENGTH(object))
        return PyLong_FromLong(0);
    if (text_of(object, &text) < 0)
        return NULL;
    int failed = given == Py_None ? frequency_to_win(jieba, &text, &frequency) : 0;
    if (failed == 0)
        failed = add_word(jieba, &text, frequency);
    text_free(&text);
    return failed < 0 ? NULL : PyLong_FromUnsignedLongLong(frequency);
}

PyDoc_STRVAR(has_word_doc, "has_word($self, word, /)\n--\n\nWhether the dictionary has the word, or it was added.");

static PyObject *jieba_has_word(PyObject *self, PyObject *object)
{
    Jieba *jieba = (Jieba *)self;
    Text text;
    if (text_of(object, &text) < 0)
        return NULL;
    Cutter cutter;
    cutter_init(&cutter, &jieba->dictionary, jieba->added);
    uint64_t frequency = cutter_frequency(&cutter, text.characters, text.length);
    cutter_free(&cutter);
    text_free(&text);
    return PyBool_FromLong(frequency > 0);
}

/* Segmenter(jieba, mixed_words): of two mixed words that begin at one place, the first given counts. */
static PyObject *segmenter_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
    PyObject *jieba, *given;
    if (!PyArg_ParseTuple(arguments, "OO:Segmenter", &jieba, &given))
        return NULL;
    if (Py_TYPE(jieba)->tp_dealloc != jieba_dealloc) { /* no other type has it, and none can inherit it */
        PyErr_SetString(PyExc_TypeError, "expected a Jieba of this module");
        return NULL;
    }
    if (!characters_loaded()) {
        PyErr_SetString(PyExc_RuntimeError, "the tables of characters are not loaded");
        return NULL;
    }
    PyObject *list = PySequence_Fast(given, "the mixed words must be a sequence");
    if (!list)
        return NULL;
    Segmenter *segmenter = (Segmenter *)type->tp_alloc(type, 0);
    int failed = segmenter ? 0 : -1;
    if (segmenter) {
        segmenter->jieba = (Jieba *)Py_NewRef(jieba);
        failed = mixed_words_init(&segmenter->mixed, (size_t)PySequence_Fast_GET_SIZE(list));
        if (failed < 0)
            PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; failed == 0 && i < PySequence_Fast_GET_SIZE(list); i++) {
        Text word;
        failed = text_of(PySequence_Fast_GET_ITEM(list, i), &word);
        if (failed == 0 && word.length < 2) {
            PyErr_SetString(PyExc_ValueError, "a mixed word has two characters at least");
            failed = -1;
        } else if (failed == 0 && (failed = mixed_words_add(&segmenter->mixed, &word)) < 0) {
            PyErr_NoMemory();
        }
        text_free(&word);
    }
    Py_DECREF(list);
    if (failed < 0) {
        Py_XDECREF(segmenter);
        return NULL;
    }
    mixed_words_sort(&segmenter->mixed);
    return (PyObject *)segmenter;
}

static void segmenter_dealloc(PyObject *self)
{
    Segmenter *segmenter = (Segmenter *)self;
    PyTypeObject *type = Py_TYPE(self);
    mixed_words_free(&segmenter->mixed);
    Py_XDECREF(segmenter->jieba);
    type->tp_free(self);
    Py_DECREF(type);
}

PyDoc_STRVAR(words_doc, "words($self, normalized, /)\n--\n\n"
                        "The words of normalized text in order, those without letter or digit left out.");

static PyObject *segmenter_words(PyObject *self, PyObject *object)
{
    Segmenter *segmenter = (Segmenter *)self;
    Text text;
    Spans words = {0};
    PyObject *list = NULL;
    if (text_of(object, &text) == 0 && words_of(segmenter->jieba, &segmenter->mixed, 1, &text, &words) == 0)
        list = list_of_words(object, &words);
    free(words.items);
    text_free(&text);
    return list;
}

PyDoc_STRVAR(joined_doc, "joined_words($self, normalized, /)\n--\n\nThe same words, joined by spaces.");

static PyObject *segmenter_joined(PyObject *self, PyObject *object)
{
    Segmenter *segmenter = (Segmenter *)self;
    Text text;
    Spans words = {0};
    PyObject *joined = NULL;
    if (text_of(object, &text) == 0 && words_of(segmenter->jieba, &segmenter->mixed, 1, &text, &words) == 0)
        joined = joined_words(&text, &words);
    free(words.items);
    text_free(&text);
    return joined;
}

static PyObject *segmenter_has_word(PyObject *self, PyObject *object)
{
    return jieba_has_word((PyObject *)((Segmenter *)self)->jieba, object);
}

static PyMethodDef jieba_methods[] = {
    {"add_word", jieba_add_word, METH_VARARGS, add_word_doc},
    {"has_word", jieba_has_word, METH_O, has_word_doc},
    {"cut", jieba_cut, METH_O, cut_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot jieba_slots[] = {
    {Py_tp_doc, "Jieba(dictionary, key)\n--\n\njieba's tokenizer, with a dictionary of make_dictionary.\n\n"
                "ValueError: it is damaged, or was made with another key."},
    {Py_tp_new, jieba_new},
    {Py_tp_dealloc, jieba_dealloc},
    {Py_tp_methods, jieba_methods},
    {0, NULL},
};

static PyType_Spec jieba_spec = {"searchkit.analysis._kernel.Jieba", sizeof(Jieba), 0, Py_TPFLAGS_DEFAULT,
                                 jieba_slots};

static PyMethodDef segmenter_methods[] = {
    {"has_word", segmenter_has_word, METH_O, has_word_doc},
    {"joined_words", segmenter_joined, METH_O, joined_doc},
    {"words", segmenter_words, METH_O, words_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot segmenter_slots[] = {
    {Py_tp_doc, "Segmenter(jieba, mixed_words)\n--\n\nWords of a Jieba and mixed words, of which the first given count."},
    {Py_tp_new, segmenter_new},
    {Py_tp_dealloc, segmenter_dealloc},
    {Py_tp_methods, segmenter_methods},
    {0, NULL},
};

static PyType_Spec segmenter_spec = {"searchkit.analysis._kernel.Segmenter", sizeof(Segmenter), 0,
                                     Py_TPFLAGS_DEFAULT, segmenter_slots};

static PyMethodDef functions[] = {
    {"make_dictionary", make_dictionary, METH_VARARGS, make_dictionary_doc},
    {NULL, NULL, 0, NULL},
};

/* Adds what is here to the module; -1 with an error set. */
int segmenter_init(PyObject *module)
{
    PyType_Spec *specs[] = {&jieba_spec, &segmenter_spec};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        PyObject *type = PyType_FromSpec(specs[i]);
        if (!type)
            return -1;
        int failed = PyModule_AddType(module, (PyTypeObject *)type);
        Py_DECREF(type);
        if (failed < 0)
            return -1;
    }
    return PyModule_AddFunctions(module, functions);
}
