cimport cython
from graph.reasoning.facts.columns cimport u8, u32, u64
from graph.reasoning.many.ground cimport Ground

cdef u64 END
cdef int SUBJECT
cdef int PREDICATE
cdef u8 JOINED
cdef u8 TOGETHER
cdef int NOWHERE


cdef class Standing:
    cdef readonly Ground ground
    cdef const u8[::1] literals
    cdef readonly list pairs
    cdef u32[::1] ways
    cdef u32[::1] last_use
    cdef u8[::1] asked
    cdef u8[::1] deep
    cdef u32[::1] last_held
    cdef u8[::1] subjects
    cdef u8[::1] objects
    cdef u8[::1] starts
    cdef u8[::1] ends
    cdef readonly list places
    cdef list lost
    cdef u32 gone
    cdef u32 holdings
    cdef u32 uses
    cdef u32[::1] held
    cdef u32[::1] held_before
    cdef u32[::1] premises
    cdef u32[::1] partners
    cdef u32[::1] conclusions
    cdef u32[::1] use_before

    @cython.locals(place=u32)
    cpdef begin(self)
    @cython.locals(number=int, place=u32, graph=u32)
    cpdef uncount(self)
    @cython.locals(place=u32, fact=u64)
    cpdef list ask(self, places)
    @cython.locals(ground=Ground, place=u32, at=u32, graph=u32)
    cpdef count(self)
    @cython.locals(place=u32, fact=u64, subject=u32, value=u32, subjects=u32, objects=u32,
                   first=u64, second=u64, turned=bint, near_first=bint)
    cdef count_pairs(self, u64 predicate, places)
    @cython.locals(ground=Ground, place=u32, fact=u64, start=u32, end=u32, row=u64, at=u32)
    cdef pair_after(self, u64 predicate, u64 first, u64 second, bint turned, list facts)
    @cython.locals(ground=Ground, place=u32, fact=u64, start=u32, end=u32, node=u32, at=u32,
                   other=u32)
    cdef pair_before(self, u64 predicate, u64 first, u64 second, bint turned, list facts)
    @cython.locals(place=int)
    cdef conclude(self, u64 predicate, u64 start, u64 end, bint turned, u32 first, u32 second)
    cdef hold(self, u32 graph, u32 place)
    cdef use(self, u32 premise, u32 partner, u32 conclusion)
    @cython.locals(ground=Ground, place=u32)
    cpdef set joined(self)
    @cython.locals(ground=Ground, place=u32, fact=u64, subject=u32, value=u32)
    cpdef deepen(self, u64 predicate, subjects, objects, bint every)
    @cython.locals(place=u32)
    cpdef list uncounted(self)
    @cython.locals(ground=Ground, place=u32)
    cpdef list unmet(self)
    @cython.locals(graph=u32, number=u32, place=u32, premise=u32)
    cpdef set needed(self)
    @cython.locals(ground=Ground, number=u32, place=u32, at=u32, premise=u32, partner=u32)
    cpdef take(self, u32 graph)
    cdef lose(self, u32 place)
    @cython.locals(ground=Ground, graph=u32, number=u32, place=u32, at=u32, premise=u32,
                   partner=u32)
    cpdef put_back(self)
