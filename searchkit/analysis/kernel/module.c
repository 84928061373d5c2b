/* searchkit.analysis._kernel: the functions of the other files here, for Python. kernel.py loads the tables,
   and chooses between these functions and those in Python, which are their definition. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdlib.h>

#include "characters.h"
#include "highlight.h"
#include "segmenter.h"
#include "sketch.h"
#include "suggestions.h"
#include "tokenizer.h"

/* The classes: three strings of equal length, the first and the last of each range and its class. */
static bool
load_classes(PyObject *firsts, PyObject *lasts, PyObject *names)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(firsts);
    if (PyUnicode_GET_LENGTH(lasts) != count || PyUnicode_GET_LENGTH(names) != count)
        return false;
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_UCS4 name = PyUnicode_READ_CHAR(names, i);
        if (name > 0x7F
            || !characters_class(PyUnicode_READ_CHAR(firsts, i), PyUnicode_READ_CHAR(lasts, i),
                                 (unsigned char)name))
            return false;
    }
    return true;
}

/* Two strings of equal length: characters, and what becomes of each. */
static bool
load_each(PyObject *from, PyObject *to, bool (*load_one)(uint32_t, uint32_t))
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(from);
    if (PyUnicode_GET_LENGTH(to) != count)
        return false;
    for (Py_ssize_t i = 0; i < count; i++)
        if (!load_one(PyUnicode_READ_CHAR(from, i), PyUnicode_READ_CHAR(to, i)))
            return false;
    return true;
}

/* Bases, marks, and what they compose to, one behind the other and in order. */
static bool
load_compositions(PyObject *triples)
{
    Py_ssize_t count = PyUnicode_GET_LENGTH(triples) / 3;
    Composition *compositions = calloc(count ? (size_t)count : 1, sizeof *compositions);
    if (compositions == NULL)
        return false;
    for (Py_ssize_t i = 0; i < count; i++)
        compositions[i] = (Composition){
            PyUnicode_READ_CHAR(triples, 3 * i),
            PyUnicode_READ_CHAR(triples, 3 * i + 1),
            PyUnicode_READ_CHAR(triples, 3 * i + 2),
        };
    bool done = characters_compositions(compositions, (size_t)count);
    free(compositions);
    return done;
}

/* Each character that expands with what it stands for, one behind the other, each ended by a null character. */
static bool
load_expansions(PyObject *texts)
{
    uint32_t expansion[32];
    int length = 0;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(texts); i++) {
        Py_UCS4 code = PyUnicode_READ_CHAR(texts, i);
        if (code != 0) {
            if (length == sizeof expansion / sizeof *expansion)
                return false;
            expansion[length++] = code;
            continue;
        }
        if (length < 2 || !characters_expansion(expansion[0], expansion + 1, length - 1))
            return false;
        length = 0;
    }
    return length == 0;
}

static PyObject *
load(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *firsts, *lasts, *names, *characters, *forms, *small, *digits, *triples, *expansions;
    if (!PyArg_ParseTuple(args, "UUUUUUUUU:load", &firsts, &lasts, &names, &characters, &forms, &small, &digits,
                          &triples, &expansions))
        return NULL;
    if (characters_loaded()) /* as when a second interpreter imports it */
        Py_RETURN_NONE;
    if (!characters_begin() || !load_classes(firsts, lasts, names)
        || !load_each(characters, forms, characters_form) || !load_each(small, digits, characters_digit)
        || !load_compositions(triples) || !load_expansions(expansions) || !characters_finish()) {
        PyErr_SetString(PyExc_ValueError, "the tables of characters are damaged, or memory is short");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"load", load, METH_VARARGS, "Take over the tables of characters."},
    {"normalize", kernel_normalize, METH_O, "The text with one form of every character."},
    {"visible", kernel_visible, METH_O, "Normalized text without its invisible characters."},
    {"has_tokens", kernel_has_tokens, METH_O, "Is there anything to search for in the text?"},
    {"tokenize", kernel_tokenize, METH_O, "The columns of the text's tokens."},
    {"terms", kernel_terms, METH_O, "The unigrams and the bigrams of the text."},
    {"highlight", kernel_highlight, METH_VARARGS, "The best fragments of texts, and what matches in them."},
    {"sketch", kernel_sketch, METH_O, "The sketch of a normalized text."},
    {"suggested_words", (PyCFunction)(void (*)(void))kernel_suggested_words, METH_FASTCALL,
     "The words that are worth suggesting, and how the text writes each."},
    {NULL, NULL, 0, NULL},
};

/* The types, which each interpreter has for itself. */
static int
kernel_exec(PyObject *module)
{
    return segmenter_init(module);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, kernel_exec}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernel", "The kernel, compiled: see searchkit.analysis.kernel.", 0, methods,
    slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__kernel(void)
{
    return PyModuleDef_Init(&definition);
}
