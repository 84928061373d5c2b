#ifndef SEARCHKIT_SUGGESTIONS_H
#define SEARCHKIT_SUGGESTIONS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* The words worth suggesting, and how a text writes each: given are the text, its normalized form, its words
   joined by spaces, how often a word stands there at least, and a set of words to leave out. */
PyObject *kernel_suggested_words(PyObject *module, PyObject *const *given, Py_ssize_t count);

#endif
