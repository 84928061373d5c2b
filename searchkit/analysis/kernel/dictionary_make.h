/* The maker of dictionaries, for Python: see dictionary_make.c. */

#ifndef SEARCHKIT_DICTIONARY_MAKE_H
#define SEARCHKIT_DICTIONARY_MAKE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define MOST_FREQUENT (UINT64_C(1) << 53) /* a double holds all numbers below */

extern const char make_dictionary_doc[];
PyObject *make_dictionary(PyObject *module, PyObject *arguments);

#endif
