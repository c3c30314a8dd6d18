cimport cython
from graph.reasoning.many.ground cimport Ground
from graph.reasoning.many.standing cimport Standing
from graph.reasoning.many.vicinity cimport Vicinity
from graph.reasoning.sets.reduction cimport Reduction


cdef class Multitudes:
    cdef readonly object provenance
    cdef readonly Ground ground
    cdef readonly Standing standing
    cdef readonly Vicinity vicinity

    cpdef Multitude of(self, places, sure=*, others=*)


cdef class Multitude:
    cdef readonly object provenance
    cdef readonly Vicinity vicinity
    cdef readonly Ground ground
    cdef readonly Standing standing
    cdef readonly list places
    cdef readonly object sure
    cdef readonly list others

    cpdef object ones(self)
    cpdef object holders(self, int place)
    cpdef enter_first(self)
    cpdef object least(self)
    cpdef deepen(self, graphs)
    cpdef Leaning leaning(self, int place)


cdef class Leaning:
    cdef readonly int place
    cdef Vicinity vicinity
    cdef object provenance

    cpdef object witness(self, graphs, without)


cdef class Falling(Reduction):
    cdef Multitude many

    @cython.locals(place=int, lost=list)
    cpdef bint goes(self, int graph)
