/* The extension module searchkit.analysis._kernel: the functions of the files beside this one. */

#include "sketch.h"
#include "suggestions.h"

static int
add_all(PyObject *module)
{
    return sketch_add(module) < 0 || suggestions_add(module) < 0 ? -1 : 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, add_all},
    {0, NULL},
};

static PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "searchkit.analysis._kernel",
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__kernel(void)
{
    return PyModuleDef_Init(&definition);
}
