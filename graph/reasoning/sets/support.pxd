cdef class Support:
    cdef readonly frozenset ones
    cdef readonly tuple several
    cdef readonly long long whole
