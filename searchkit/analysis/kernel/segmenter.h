/* The segmenter's part of the module `_kernel`. */

#ifndef SEARCHKIT_SEGMENTER_H
#define SEARCHKIT_SEGMENTER_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

int segmenter_init(PyObject *module);

#endif
