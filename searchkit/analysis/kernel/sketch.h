#ifndef SEARCHKIT_SKETCH_H
#define SEARCHKIT_SKETCH_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Adds the functions of this file to the module; -1 with an exception where that fails. */
int sketch_add(PyObject *module);

#endif
