cimport cython


cdef class Texts:
    cdef bytes text
    cdef const unsigned long long[::1] starts
    cdef unsigned int size

    @cython.locals(text="const char *")
    cpdef bytes written(self, unsigned int number)
    @cython.locals(text="const char *")
    cpdef list several(self, numbers)
    @cython.locals(text="const char *")
    cpdef list within(self, numbers)
