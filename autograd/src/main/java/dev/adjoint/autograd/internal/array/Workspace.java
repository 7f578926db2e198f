package dev.adjoint.autograd.internal.array;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where arrays get their memory, one per thread. Inside a {@link Frame} memory comes from a pool and goes back to it when the
 * frame closes, so that a repeated step runs on the same blocks again and again. Outside, it is left to the garbage
 * collector.
 */
public final class Workspace {
    private static final ThreadLocal<Workspace> CURRENT = ThreadLocal.withInitial(Workspace::new);

    /** Making memory costs more than computing on little of it, so arrays up to this many elements share a block. */
    private static final int SMALL = 256;
    /** Elements in a block for small arrays: a block lives as long as any array in it. */
    private static final int SLAB = 16_384;
    /** Of elements: small arrays start on their own cache line, as blocks do, so that threads never write to the same one. */
    private static final int ALIGNMENT = 16;
    /** Pooled memory that this many closings in a row had no use for is given up. */
    private static final int IDLE_LIMIT = 64;

    /** What memory left to the garbage collector weighs on the heap, as a part of its size. */
    private static final int LIGHTER = 4;
    /** In bytes: a large array is seldom a step's. */
    private static final int HEAVIEST = 1 << 20;

    private static volatile byte[] weight;

    private final Map<Long, Pool> pools = new HashMap<>();
    private final Memory[] slabs = new Memory[ElementType.values().length];
    private final int[] used = new int[ElementType.values().length];
    private Frame innermost;
    private int closings;
    /** The list of a frame that has closed, for the next one. */
    private List<Memory> spareList;
    /** Bytes of pooled memory that open frames hold, and the most they held. */
    private long held;

    private long peak;

    private Workspace() {}

    /**
     * Makes an array with undefined content, in the innermost open frame if there is one.
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
     * Makes an array with undefined content that lives as long as the given one: in its frame, or outside all frames.
     *
     * @param like an array
     * @return an array of the same type and shape
     */
    public static Array allocateBeside(Array like) {
        return CURRENT.get().allocate(like.frame(), like.dtype(), like.shape());
    }

    /**
     * The most memory that this thread's frames held at one time since {@link #resetPeak}.
     *
     * @return bytes
     */
    public static long peakBytes() {
        return CURRENT.get().peak;
    }

    /** Starts to look for the peak anew, from what is held now. */
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
     * Opens a frame in which nothing is pooled: what is allocated in it outlives every frame.
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
        // A frame of another thread: its pool and its list are not ours to touch.
        boolean foreign = frame != null && frame.workspace != this;
        if (frame == null || foreign || !frame.pooled) {
            weigh(length * dtype.bytes());
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
     * The garbage collector knows the small objects that stand for memory, not how much memory they stand for, and only looks for
     * dead ones when the heap has filled up. So what it is to free is weighed on the heap for a moment, and it looks in time.
     */
    private static void weigh(long bytes) {
        weight = new byte[(int) Math.min(HEAVIEST, bytes / LIGHTER)];
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

    private void takeBack(Frame frame) {
        // Backwards, so that the next step, taking from the end, gets them in the order of this one.
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

    /** Batches of ever new sizes must not fill the memory with blocks that nobody will ask for again. */
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
        /** The fewest that were free at any time since the last look: that many nobody needed. */
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

    /** The arrays made between its opening and its closing. */
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
         * Hands an array on to the frame around this one, or to the garbage collector if there is none.
         *
         * @param array an array made in this frame, or one that outlives it anyway
         * @return the same memory as an array that outlives this frame
         */
        public Array keep(Array array) {
            if (array.frame() != this) return array;
            Memory memory = array.memory();
            if (memory.owner != this)
                return new Array(memory, memory.owner, array.shape()); // kept before, by way of a view
            Frame next = outer != null && outer.pooled ? outer : null;
            memory.owner = next;
            if (next != null) next.taken.add(memory);
            else workspace.held -= bytes(memory);
            return new Array(memory, next, array.shape());
        }

        /**
         * Exchanges an array made in this frame for one that outlives it, without copying: the frame gets the other's memory.
         *
         * @param array an array made in this frame, which nobody else uses
         * @param old an array of the same type and length that outlives this frame, and which nobody uses any more
         * @return the first one's numbers as an array that outlives this frame; null if memory is not this frame's to give
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
         * Takes all memory back. Closing twice does nothing.
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
            workspace.takeBack(this);
        }
    }
}
