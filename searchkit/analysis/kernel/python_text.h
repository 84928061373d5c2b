/* From a str of Python to a Text. */

#ifndef SEARCHKIT_PYTHON_TEXT_H
#define SEARCHKIT_PYTHON_TEXT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "words.h"

/* The characters of a str, in memory of its own. */
static inline int text_of(PyObject *object, Text *text)
{
    text->characters = NULL;
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "expected str, not %.100s", Py_TYPE(object)->tp_name);
        return -1;
    }
    text->length = (size_t)PyUnicode_GET_LENGTH(object);
    text->characters = PyUnicode_AsUCS4Copy(object);
    return text->characters ? 0 : -1;
}

static inline void text_free(Text *text)
{
    PyMem_Free((void *)text->characters);
}

#endif
