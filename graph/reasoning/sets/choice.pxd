from graph.reasoning.sets.support cimport Support


cdef class Tested(Support):
    pass


cdef class Choice(Tested):
    cdef readonly object parts
    cdef readonly object options
    cdef readonly bint settled
