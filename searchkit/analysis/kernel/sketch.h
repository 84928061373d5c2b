#ifndef SEARCHKIT_SKETCH_H
#define SEARCHKIT_SKETCH_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* The sketch of a normalized text, a tuple of texts. */
PyObject *kernel_sketch(PyObject *module, PyObject *normalized);

#endif
