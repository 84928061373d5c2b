/* Highlight: texts and the terms of a query -> the best fragment of each text, and what matches in it.
   searchkit/highlight (matcher.py, fragmenter.py, snippet.py) is the definition. */

#ifndef SEARCHKIT_HIGHLIGHT_H
#define SEARCHKIT_HIGHLIGHT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* highlight(texts, terms, beginnings, length, most): see _kernel.pyi. */
PyObject *kernel_highlight(PyObject *module, PyObject *args);

#endif
