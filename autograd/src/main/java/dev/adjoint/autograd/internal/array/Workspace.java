package dev.adjoint.autograd.internal.array;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The allocator of arrays, one per thread. Inside a {@link Frame}, memory comes from a pool and returns to it when the frame
 * closes, so that a repeated step reuses the same blocks. Outside, the garbage collector frees it.
 */
public final class Workspace {
    private static final ThreadLocal<Workspace> CURRENT = ThreadLocal.withInitial(Workspace::new);

    /** Allocating memory costs more than computing on a small array, so arrays of up to this many elements share a block. */
    private static final int SMALL = 256;
    /** The number of elements in a block for small arrays; a block lives as long as any array in it. */
    private static final int SLAB = 16_384;
    /** In elements: each small array starts on its own cache line, as blocks do, so that threads never write to the same one. */
    private static final int ALIGNMENT = 16;
    /** Pooled memory that was not needed during this many closings of frames is released. */
    private static final int IDLE_LIMIT = 64;

    /** Memory that is left to the garbage collector gets a temporary heap array of 1/LIGHTER of its size, see {@link #allocateBallast}. */
    private static final int BALLAST_DIVISOR = 4;
    /** The largest size of that heap array, in bytes: large arrays are seldom allocated in every step. */
    private static final int MAX_BALLAST = 1 << 20;

    private static volatile byte[] ballast;

    private final Map<Long, Pool> pools = new HashMap<>();
    private final Memory[] slabs = new Memory[ElementType.values().length];
    private final int[] used = new int[ElementType.values().length];
    private Frame innermost;
    private int closings;
    /** The list of a closed frame, to be reused by the next one. */
    private List<Memory> spareList;
    /** The bytes of pooled memory that open frames hold; {@link #peak} is their maximum. */
    private long held;

    private long peak;

    private Workspace() {}

    /**
     * Allocates an array with undefined content, in the innermost open frame if there is one.
     *
     * @param dtype the type of its elements
     * @param shape its shape
     * @return the array
     */
    public static Array allocate(ElementType dtype, long... shape) {
        Workspace own = CURRENT.get();
        return own.allocate(own.innermost, dtype, shape);
    }

    /**
     * Allocates an array with undefined content that lives as long as the given one: in its frame, or outside all frames.
     *
     * @param like an array
     * @return an array of the same type and shape
     */
    public static Array allocateLike(Array like) {
        return CURRENT.get().allocate(like.frame(), like.dtype(), like.shape());
    }

    /**
     * The peak memory held by this thread's frames since {@link #resetPeak}.
     *
     * @return bytes
     */
    public static long peakBytes() {
        return CURRENT.get().peak;
    }

    /** Resets the peak to the memory held now. */
    public static void resetPeak() {
        Workspace own = CURRENT.get();
        own.peak = own.held;
    }

    /**
     * Opens a frame inside the innermost one of this thread.
     *
     * @return the frame, to be closed by the same thread
     */
    public static Frame open() {
        Workspace own = CURRENT.get();
        own.innermost = new Frame(own, own.innermost, true);
        return own.innermost;
    }

    /**
     * Opens a frame in which nothing is pooled: arrays allocated in it outlive every frame.
     *
     * @return the frame, to be closed by the same thread
     */
    public static Frame openUnpooled() {
        Workspace own = CURRENT.get();
        own.innermost = new Frame(own, own.innermost, false);
        return own.innermost;
    }

    private Array allocate(Frame frame, ElementType dtype, long[] shape) {
        long length = Shapes.length(shape);
        Memory.checkSize(dtype, length);
        // The pool and the list of a frame of another thread must not be used.
        boolean foreign = frame != null && frame.workspace != this;
        if (frame == null || foreign || !frame.pooled) {
            allocateBallast(length * dtype.bytes());
            return new Array(create(dtype, length), null, shape);
        }
        Pool pool = pools.get(key(dtype, length));
        Memory memory = pool == null ? null : pool.take();
        if (memory == null) memory = create(dtype, length);
        memory.isExposed = false;
        memory.owner = frame;
        frame.taken.add(memory);
        held += bytes(memory);
        peak = Math.max(peak, held);
        return new Array(memory, frame, shape);
    }

    /**
     * Allocates a temporary heap array, so that the garbage collector runs in time. The collector sees the small objects that own
     * native memory, not the size of that memory, and runs only when the heap has filled up.
     */
    private static void allocateBallast(long bytes) {
        ballast = new byte[(int) Math.min(MAX_BALLAST, bytes / BALLAST_DIVISOR)];
    }

    private Memory create(ElementType dtype, long length) {
        if (length > SMALL) return Memory.allocate(dtype, length);
        int kind = dtype.ordinal();
        int padded = (int) (Math.max(1, length) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (slabs[kind] == null || used[kind] + padded > SLAB) {
            slabs[kind] = Memory.allocate(dtype, SLAB);
            used[kind] = 0;
        }
        Memory small = slabs[kind].slice(used[kind], (int) length, padded);
        used[kind] += padded;
        return small;
    }

    private void release(Frame frame) {
        // In reverse order, so that the next step, which takes from the end, gets them in the order of this one.
        for (int i = frame.taken.size() - 1; i >= 0; i--) {
            Memory memory = frame.taken.get(i);
            if (memory.owner != frame) continue; // kept
            memory.owner = null;
            held -= bytes(memory);
            if (memory.pool == null || memory.pool.isGivenUp) {
                memory.pool = pools.computeIfAbsent(key(memory.dtype, memory.length), k -> new Pool());
            }
            memory.pool.free.add(memory);
        }
        frame.taken.clear();
        spareList = frame.taken;
        if (++closings % IDLE_LIMIT == 0) dropIdle();
    }

    /** Releases idle blocks: batches of varying sizes must not fill the memory with blocks that are never used again. */
    private void dropIdle() {
        pools.values().forEach(Pool::dropSpare);
        pools.values().removeIf(Pool::giveUpIfEmpty);
    }

    private static long bytes(Memory memory) {
        return memory.length * memory.dtype.bytes();
    }

    private static Long key(ElementType dtype, long length) {
        return length * ElementType.values().length + dtype.ordinal();
    }

    /** Free blocks of one type and length. */
    static final class Pool {
        final ArrayDeque<Memory> free = new ArrayDeque<>();
        /** The smallest number of free blocks since the last {@link #dropSpare}: that many were not needed. */
        private int spare;

        private boolean isGivenUp;

        Memory take() {
            Memory memory = free.pollLast();
            spare = Math.min(spare, free.size());
            return memory;
        }

        void dropSpare() {
            for (int i = 0; i < spare; i++) free.pollFirst();
            spare = free.size();
        }

        boolean giveUpIfEmpty() {
            return isGivenUp = free.isEmpty();
        }
    }

    /** The arrays that are allocated between its opening and its closing. */
    public static final class Frame implements AutoCloseable {
        private final Workspace workspace;
        private final Frame outer;
        private final boolean pooled;
        private final List<Memory> taken;
        private boolean closed;

        private Frame(Workspace workspace, Frame outer, boolean pooled) {
            this.workspace = workspace;
            this.outer = outer;
            this.pooled = pooled;
            this.taken = workspace.spareList == null ? new ArrayList<>() : workspace.spareList;
            workspace.spareList = null;
        }

        /**
         * Whether {@link #close()} was called.
         *
         * @return true if its arrays must not be used any more
         */
        public boolean isClosed() {
            return closed;
        }

        /**
         * Moves an array to the enclosing frame, or leaves it to the garbage collector if there is none.
         *
         * @param array an array allocated in this frame, or one that outlives it anyway
         * @return the same memory as an array that outlives this frame
         */
        public Array keep(Array array) {
            if (array.frame() != this) return array;
            Memory memory = array.memory();
            if (memory.owner != this)
                return new Array(memory, memory.owner, array.shape()); // already kept through a view
            Frame next = outer != null && outer.pooled ? outer : null;
            memory.owner = next;
            if (next != null) next.taken.add(memory);
            else workspace.held -= bytes(memory);
            return new Array(memory, next, array.shape());
        }

        /**
         * Exchanges an array allocated in this frame for one that outlives it, without copying: the frame gets the other's memory.
         *
         * @param array an array allocated in this frame that is not used elsewhere
         * @param old an array of the same type and length that outlives this frame and is no longer used
         * @return an array with the memory of the first one that outlives this frame; null if this frame does not own the memory
         */
        Array exchange(Array array, Array old) {
            Memory memory = array.memory();
            Memory free = old.memory();
            boolean fits = memory.owner == this && !memory.isExposed && free.owner == null && old.frame() == null;
            if (!fits || closed || workspace != CURRENT.get()) return null;
            memory.owner = null;
            free.owner = this;
            taken.add(free);
            return new Array(memory, null, array.shape());
        }

        /**
         * Returns all memory to the pool. Closing twice has no effect.
         *
         * @throws IllegalStateException if a frame inside this one is still open, or another thread opened it
         */
        @Override
        public void close() {
            if (closed) return;
            if (workspace != CURRENT.get()) {
                throw new IllegalStateException("scope: it was opened by another thread; close it there");
            }
            if (workspace.innermost != this) {
                throw new IllegalStateException(
                        "scope: a scope inside it is still open; close that first (use try-with-resources)");
            }
            workspace.innermost = outer;
            closed = true;
            workspace.release(this);
        }
    }
}
