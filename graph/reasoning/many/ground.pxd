cimport cython
from graph.reasoning.facts.columns cimport u8, u32, u64

cdef u64 END
cdef int SUBJECT
cdef int PREDICATE
cdef u8 APART
cdef u8 AXIOM
cdef u8 CLOSED
cdef u8 JOINED
cdef u8 TOGETHER
cdef int NOWHERE


cdef class Ground:
    cdef const u64[::1] facts
    cdef const u32[::1] order
    cdef const u8[::1] marks
    cdef const u32[::1] starts
    cdef const u32[::1] held
    cdef const u32[::1] own_starts
    cdef const u32[::1] own
    cdef const u32[::1] begins
    cdef readonly u32 size
    cdef readonly u32 nodes
    cdef u32[::1] alone
    cdef u8[::1] inside
    cdef u32[::1] uses
    cdef u8[::1] needed
    cdef readonly list graphs
    cdef readonly list here
    cdef readonly list given
    cdef readonly u32 epoch

    @cython.locals(place=u32, graph=u32)
    cpdef leave(self)
    @cython.locals(graph=u32)
    cpdef enter(self, graphs)
    @cython.locals(at=u32, place=u32)
    cdef take_up(self, u32 graph)
    @cython.locals(place=u32, marks=u8, at=u32, weighed=bint, graph=u32, graphs=list, left=list,
                   rest=list)
    cpdef tuple settled(self, places)
    @cython.locals(at=u32)
    cdef bint is_met(self, u32 place) noexcept
    @cython.locals(place=u32, at=u32)
    cpdef enter_first(self, places)
    @cython.locals(place=u32, at=u32, graph=u32)
    cpdef enter_chosen(self, places)
    @cython.locals(best=u32, at=u32, graph=u32)
    cdef u32 most_used(self, u32 place) noexcept
    cdef bint holds(self, u32 place) noexcept
    @cython.locals(at=u32)
    cpdef bint is_held(self, u32 place)
    @cython.locals(found=int, at=u32, graph=int)
    cdef int holder(self, u32 place) noexcept
    @cython.locals(predicate=u64)
    cdef int find(self, u64 packed) noexcept
    @cython.locals(place=u32)
    cdef int find_between(self, u64 packed, u32 start, u32 end) noexcept
    @cython.locals(predicate=u64)
    cdef u32 low(self, u64 packed) noexcept
    @cython.locals(middle=u32)
    cdef u32 low_between(self, u64 packed, u32 low, u32 high) noexcept
    @cython.locals(at=u32)
    cdef u32 high(self, u64 row) noexcept
    @cython.locals(low=u32, high=u32, middle=u32)
    cdef u32 low_before(self, u64 predicate, u64 value) noexcept
