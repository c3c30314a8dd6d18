cimport cython
from graph.reasoning.facts.columns cimport u8, u32, u64
from graph.reasoning.many.ground cimport Ground

cdef u64 END
cdef int SUBJECT
cdef int PREDICATE
cdef u8 JOINED
cdef int NOWHERE
cdef int FEW
cdef u8 OBJECT
cdef u8 SUBJECT_TOO
cdef int MOST_SEEN

cdef class Vicinity:
    cdef Ground ground
    cdef object depths
    cdef list leaning
    cdef list direct
    cdef list simple
    cdef u8[::1] marking
    cdef u8[::1] marked
    cdef list nodes
    cdef u32 epoch
    cdef u32[::1] origins
    cdef u32[::1] thirds
    cdef list waiting
    cdef list found
    cdef long long row
    cdef u32 at
    cdef u32 stop

    cdef mark_ends(self, u32 predicate)
    @cython.locals(ground=Ground, node=u32, place=u32, fact=u64, ends=u8)
    cdef survey(self)
    cdef mark(self, u32 node)
    @cython.locals(reached=int, one=u32, seen=int)
    cpdef witness(self, u32 place)
    @cython.locals(at=int, one=u32, fact=u64, subject=u64, value=u64, first=u64, second=u64, turned=bint, by_first=bint, by_second=bint, start=u64, end=u64, reached=int)
    cdef int reach(self, u32 place)
    @cython.locals(ground=Ground, row=u64, low=u32, high=u32, at=u32, third=u32, node=u64,
                   other=int)
    cdef int reach_first(self, u32 origin, u64 first, u64 second, u64 start, u64 end)
    @cython.locals(ground=Ground, row=u64, third=u32, node=u64, other=int)
    cdef int reach_second(self, u32 origin, u64 first, u64 second, u64 start, u64 end)
    @cython.locals(node=u32)
    cdef bint sees(self, u32 place, u32 third, u32 origin)
    cdef together(self, u32 place)
    @cython.locals(ground=Ground, fact=u64, subject=u64, value=u64, first=u64, second=u64, turned=bint, start=u64, end=u64)
    cdef bint is_direct(self, u32 place)
    @cython.locals(ground=Ground, row=u64, at=u32, stop=u32, before=u32, node=u64, other=int)
    cdef bint pairs(self, u64 first, u64 second, u64 start, u64 end)
    @cython.locals(ground=Ground, other=u32, fact=u64, first=int)
    cdef bint pairs_before(self, u64 row, u64 second, u64 end, u32 before)
