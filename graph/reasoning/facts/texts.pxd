cimport cython

ctypedef unsigned int u32
ctypedef unsigned long long u64


cdef class Texts:
    cdef bytes text
    cdef const u64[::1] starts
    cdef u32 size

    @cython.locals(text="const char *")
    cpdef bytes written(self, u32 number)
    @cython.locals(text="const char *")
    cpdef list several(self, numbers)
    @cython.locals(text="const char *")
    cpdef list within(self, numbers)
