cimport cython


cdef class Reduction:
    cdef readonly object graphs
    cdef readonly set kept
    cdef readonly set taken
    cdef readonly dict watched

    cpdef object reduced(self, things)
    @cython.locals(watched=list)
    cpdef bint goes(self, int graph)
    cpdef bint moves(self, thing)
    @cython.locals(last=int, one=int)
    cpdef watch(self, thing, found)
