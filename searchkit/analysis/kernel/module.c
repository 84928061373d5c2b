/* The compiled kernel: `searchkit.analysis._kernel`. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "segmenter.h"

static int kernel_init(PyObject *module)
{
    return segmenter_init(module);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, kernel_init}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_kernel", .m_doc = "The compiled kernel.", .m_slots = slots};

PyMODINIT_FUNC PyInit__kernel(void)
{
    return PyModuleDef_Init(&definition);
}
