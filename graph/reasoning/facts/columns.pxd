cimport cython

ctypedef unsigned char u8
ctypedef unsigned int u32
ctypedef unsigned long long u64

cdef u64 END
cdef int SUBJECT

cpdef list subjects(const u64[::1] facts, places)
cpdef list objects(const u64[::1] facts, places)
cpdef list taken(const u32[::1] numbers, places)
cpdef list marked(const u8[::1] marks, u8 mark, places)
@cython.locals(seen=u8[::1], row=tuple, number=int)
cpdef list different(rows, int size)
@cython.locals(found=dict, group=list)
cpdef dict grouped(keys, values)
